"""Making the working copy and the thumbnail of a piece of evidence, as claimed work."""

import logging
import uuid

from incidents.actions.suggest import suggest_again
from incidents.evidence import inspect, preview, storage
from incidents.evidence.fingerprint import fingerprint
from incidents.models import Evidence
from incidents.models.work import ClaimLost

log = logging.getLogger(__name__)


def prepare(evidence_id: uuid.UUID) -> bool:
    """Make the copies if they are due. A file that can't be read is marked so; the original stays either way."""
    evidence: Evidence | None = Evidence.objects.claim(evidence_id)
    if evidence is None:
        return False
    try:
        shown = _shown(evidence)
        evidence.finish(**shown)
    except OSError as fault:
        log.warning("preview of %s failed: %s", evidence.pk, type(fault).__name__)
        evidence.put_off(type(fault).__name__)
        return False
    except ClaimLost:
        return False
    if shown.get("fingerprint"):
        suggest_again(evidence.report)
    return True


def _shown(evidence: Evidence) -> dict[str, str]:
    """What the row says afterwards. Raises OSError when the store refuses, which is worth trying again."""
    if not preview.supports(evidence.media_type):
        return {"preview": Evidence.Preview.UNSUPPORTED}
    copies = preview.make_copies(evidence.sha256, evidence.media_type)
    if copies is None:
        return {"preview": Evidence.Preview.NONE}
    return {
        "preview": Evidence.Preview.READY,
        "preview_sha256": copies.sha256,
        "preview_type": copies.media_type,
        "thumbnail_sha256": copies.thumbnail_sha256,
        "fingerprint": _known_by(evidence, copies),
    }


def _known_by(evidence: Evidence, copies: preview.Copies) -> str:
    """Of photos only: of a film, one picture would say little of the rest."""
    if not inspect.is_photo(evidence.media_type):
        return ""
    with storage.store().local(storage.PREVIEWS, copies.sha256) as working:
        return fingerprint(working)
