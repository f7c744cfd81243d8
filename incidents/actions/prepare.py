"""Making the working copy of a piece of evidence, as claimed work."""

import logging
import uuid

from incidents.evidence import inspect
from incidents.evidence.preview import make_preview
from incidents.models import Evidence
from incidents.models.work import ClaimLost

log = logging.getLogger(__name__)


def prepare(evidence_id: uuid.UUID) -> bool:
    """Make the preview if it is due. A file that can't be read is marked so; the original stays either way."""
    evidence: Evidence | None = Evidence.objects.claim(evidence_id)
    if evidence is None:
        return False
    try:
        preview = make_preview(evidence.sha256) if inspect.is_photo(evidence.media_type) else None
    except OSError as fault:
        log.warning("preview of %s failed: %s", evidence.pk, type(fault).__name__)
        evidence.put_off(type(fault).__name__)
        return False
    shown = Evidence.Preview.READY if preview else Evidence.Preview.NONE
    try:
        evidence.finish(preview=shown, preview_sha256=preview or "")
    except ClaimLost:
        return False
    return True
