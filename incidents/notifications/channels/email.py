"""E-mail through whatever mail server the settings name."""

import smtplib
from contextlib import suppress
from typing import Any

from django.core.mail import EmailMessage, get_connection

from incidents.notifications.channels.base import Accepted, ChannelFault, Message

PERMANENT_FROM = 500


class EmailChannel:
    def is_configured(self) -> bool:
        return True

    def send(self, message: Message) -> Accepted:
        mail = EmailMessage(
            message.subject,
            message.text,
            to=[message.address],
            headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
        )
        mail.connection = _line()
        try:
            self._send(mail)
        finally:
            with suppress(smtplib.SMTPException, OSError):  # what was accepted stays so, however they part
                mail.connection.close()
        return Accepted()

    def _send(self, mail: EmailMessage) -> None:
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as fault:
            codes = [code for code, _ in fault.recipients.values()]
            raise ChannelFault(f"recipient refused ({codes})", permanent=min(codes) >= PERMANENT_FROM) from fault
        except smtplib.SMTPDataError as fault:
            refused = fault.smtp_code >= PERMANENT_FROM
            raise ChannelFault(f"message refused ({fault.smtp_code})", permanent=refused) from fault
        except smtplib.SMTPResponseException as fault:
            raise ChannelFault(f"mail server answered {fault.smtp_code}") from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise ChannelFault(f"mail server went away ({type(fault).__name__})", unclear=True) from fault


def _line() -> Any:
    """A connection to the mail server: while there is none yet, nothing can have been accepted."""
    line = get_connection()
    try:
        line.open()
    except smtplib.SMTPResponseException as fault:
        raise ChannelFault(f"mail server answered {fault.smtp_code}") from fault
    except (smtplib.SMTPException, OSError) as fault:
        raise ChannelFault(f"mail server not reached ({type(fault).__name__})") from fault
    return line
