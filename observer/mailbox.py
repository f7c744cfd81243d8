"""The demonstration's mail server: each message becomes a file, and the console says which."""

import logging
import os
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

log = logging.getLogger(__name__)


class FileMailbox(BaseEmailBackend):
    """Writes `<time>-<id>.eml` into MAILBOX_DIR, whole or not at all; names sort by time."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAILBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = folder / f"{time.time_ns()}-{uuid.uuid4().hex[:6]}.eml"
            partial = path.with_suffix(".part")
            partial.write_bytes(message.message().as_bytes())
            os.replace(partial, path)
            log.info("mail written: %s", path)
        return len(email_messages)
