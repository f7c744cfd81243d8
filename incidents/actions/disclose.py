"""Noting that an original was taken out of the store: it may hold what identifies its maker."""

from django.db import transaction

from incidents.actions.record import hold, note
from incidents.models import Evidence, User


@transaction.atomic
def disclose(evidence: Evidence, *, actor: User) -> None:
    incident = hold(evidence.report.incident_id)
    note(incident, "evidence.downloaded", actor=actor, sha256=evidence.sha256)
