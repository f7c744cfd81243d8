"""E-mail through whatever mail server the settings name."""

import smtplib
from contextlib import suppress

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from incidents.notifications.channels.base import Accepted, ChannelFault, Message

PERMANENT_FROM = 500


class EmailChannel:
    def send(self, message: Message) -> Accepted:
        mail = EmailMessage(
            message.subject,
            message.text,
            to=[message.address],
            headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
        )
        connection = get_connection()
        try:
            _open(connection)
            connection.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as fault:
            codes = [code for code, _ in fault.recipients.values()]
            raise ChannelFault(f"recipient refused ({codes})", permanent=min(codes) >= PERMANENT_FROM) from fault
        except smtplib.SMTPResponseException as fault:
            raise ChannelFault(f"mail server answered {fault.smtp_code}") from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise ChannelFault(f"mail server broke off ({type(fault).__name__})", unknown=True) from fault
        finally:
            # Whatever happens while we say goodbye, the message has been accepted or not by then.
            with suppress(smtplib.SMTPException, OSError):
                connection.close()
        return Accepted()


def _open(connection: BaseEmailBackend) -> None:
    """Apart from sending: what fails before the line stands was certainly not accepted."""
    try:
        connection.open()
    except smtplib.SMTPResponseException:
        raise
    except (smtplib.SMTPException, OSError) as fault:
        raise ChannelFault(f"mail server not reached ({type(fault).__name__})") from fault
