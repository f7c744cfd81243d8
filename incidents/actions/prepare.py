"""Making the working copy of a piece of evidence, as claimed work."""

import logging
import uuid

from incidents.actions.suggest import suggest_again
from incidents.evidence import inspect, storage
from incidents.evidence.fingerprint import fingerprint
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
        known_by = fingerprint(storage.path_of(storage.PREVIEWS, preview)) if preview else ""
    except OSError as fault:
        log.warning("preview of %s failed: %s", evidence.pk, type(fault).__name__)
        evidence.put_off(type(fault).__name__)
        return False
    shown = Evidence.Preview.READY if preview else Evidence.Preview.NONE
    try:
        evidence.finish(preview=shown, preview_sha256=preview or "", fingerprint=known_by)
    except ClaimLost:
        return False
    if known_by:
        suggest_again(evidence.report)
    return True
