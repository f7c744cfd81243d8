"""What becomes of a photo. It is kept if it can be; whatever is wrong with it never refuses the report."""

from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents import tasks
from incidents.actions.attach import attach
from incidents.evidence import storage
from incidents.evidence.inspect import MAX_FILE_BYTES, is_photo
from incidents.evidence.storage import StoredFile
from incidents.models import Report


class Fate(TextChoices):
    """What happened to it, as told to the sender beside the field."""

    KEPT = "kept", _("The photo was received.")
    UNKNOWN = "unknown", _("The file was received and kept, but it does not look like a photo. You may add another.")
    LARGE = "large", _("The report was received. The photo was not kept: it is larger than 32 MB. Choose another.")
    EMPTY = "empty", _("The report was received. The photo was not kept: the file is empty. Choose another.")
    ABSENT = "absent", _("No photo was chosen. Choose one, then press the button.")


# These ask the sender to do something.
FAILED = frozenset({Fate.LARGE, Fate.EMPTY, Fate.ABSENT})


@dataclass(frozen=True)
class Photo:
    fate: Fate
    stored: StoredFile | None = None


def keep(upload: UploadedFile | None) -> Photo:
    """Make the file durable. Raises OSError when the disk refuses."""
    if upload is None:
        return Photo(Fate.ABSENT)
    fault: OSError | None = getattr(upload, "fault", None)
    if fault:
        raise fault
    if not upload.size:
        return Photo(Fate.EMPTY)
    if upload.size > MAX_FILE_BYTES:
        return Photo(Fate.LARGE)
    stored = storage.keep(upload.chunks())
    return Photo(Fate.KEPT if is_photo(stored.media_type) else Fate.UNKNOWN, stored)


def add(photo: Photo, report: Report) -> None:
    """Put a kept photo to its report, and have it looked at."""
    if photo.stored:
        evidence = attach(report, photo.stored)
        tasks.ring(tasks.prepare_evidence, evidence.pk)
