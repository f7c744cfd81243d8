"""What becomes of photos, films and sound: kept if they can be. Nothing wrong with them ever refuses the report."""

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents import tasks
from incidents.actions.attach import attach
from incidents.evidence import storage
from incidents.evidence.inspect import MAX_FILE_BYTES, Kind, kind_of
from incidents.intake import trouble
from incidents.models import Report


class Fate(TextChoices):
    """What happened to it, as told to the sender beside the field."""

    KEPT = "kept", _("The file was received.")
    UNKNOWN = "unknown", _("The file was received and kept, but it can not be shown here. You may add another.")
    LARGE = "large", _("The report was received. The file was not kept: it is larger than 32 MB. Choose another.")
    EMPTY = "empty", _("The report was received. The file was not kept: it is empty. Choose another.")
    FULL = (
        "full",
        _(
            "The report is safe. The file was not kept: there is no room on the server just now. "
            "Try again in a few minutes."
        ),
    )
    LOST = (
        "lost",
        _("The report is safe. The file was not kept: the server could not store it. Try again in a minute."),
    )
    ABSENT = "absent", _("No file was chosen. Choose one, then press the button.")


# These ask the sender to do something.
FAILED = frozenset({Fate.FULL, Fate.LOST, Fate.LARGE, Fate.EMPTY, Fate.ABSENT})
# Of several photos the worst fate is told.
_WORST_FIRST = (Fate.FULL, Fate.LOST, Fate.LARGE, Fate.EMPTY, Fate.UNKNOWN, Fate.KEPT, Fate.ABSENT)
STATUS = {Fate.FULL: trouble.FULL, Fate.LOST: trouble.UNAVAILABLE}


def receive(uploads: Sequence[UploadedFile], report: Report) -> Fate:
    """Keep what came for a report that is stored, and say what happened to it. Raises no fault of disk or database."""
    return min((_receive(upload, report) for upload in uploads), key=_WORST_FIRST.index, default=Fate.ABSENT)


def _receive(upload: UploadedFile, report: Report) -> Fate:
    try:
        return _keep(upload, report)
    except trouble.PHOTO_FAULTS as fault:
        return Fate.FULL if trouble.status_of(fault, "photo") == trouble.FULL else Fate.LOST


def _keep(upload: UploadedFile, report: Report) -> Fate:
    """Make the file durable, put it to its report and have it looked at."""
    fault: OSError | None = getattr(upload, "fault", None)
    if fault:
        raise fault
    if not upload.size:
        return Fate.EMPTY
    if upload.size > MAX_FILE_BYTES:
        return Fate.LARGE
    stored = storage.keep(upload.chunks())
    evidence = attach(report, stored)
    tasks.ring_for_file(evidence)
    return Fate.UNKNOWN if kind_of(stored.media_type) is Kind.UNKNOWN else Fate.KEPT
