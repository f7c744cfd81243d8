"""When something goes wrong that is not the sender's fault: what is said, and how typed words survive it."""

import errno
import logging

from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils.translation import gettext as _

# What stops a report from being stored, or its page from being made.
DATABASE_FAULTS = (OperationalError, InterfaceError)
STORE_FAULTS = (OSError, *DATABASE_FAULTS)
# The report is safe by then: nothing that befalls its photo may hide that.
PHOTO_FAULTS = (OSError, DatabaseError, InterfaceError)

log = logging.getLogger(__name__)

FULL = 507
UNAVAILABLE = 503
_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT)
_FULL_SQLSTATE = "53100"


def status_of(fault: Exception, what: str = "report") -> int:
    """507 when there is no room, else 503. Logs the kind of fault, and none of the report."""
    cause = fault.__cause__ or fault
    full = (
        getattr(fault, "errno", None) in _FULL_ERRNOS
        or getattr(cause, "sqlstate", None) == _FULL_SQLSTATE
        or "disk is full" in str(cause)
    )
    log.error("a %s could not be stored: %s", what, type(cause).__name__)
    return FULL if full else UNAVAILABLE


def notice(status: int, *, with_photo: bool) -> str:
    """What the sender can do about it."""
    if status == FULL and with_photo:
        return _(
            "Not sent: there is no room on the server just now. "
            "What you typed is still here. Send it again without the photo, or in a few minutes."
        )
    if status == FULL:
        return _(
            "Not sent: there is no room on the server just now. "
            "What you typed is still here. Send it again in a few minutes."
        )
    return _("Not sent: the server could not store it. What you typed is still here. Send it again in a minute.")


def stale_page() -> str:
    return _("Not sent yet: this page had expired. What you typed is still here. Press Send again.")
