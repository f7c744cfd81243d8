"""Writing down what is read that tells more than the desk needs every day: an original file, who a reporter is.

An original may hold what identifies its maker. Both need a reason, and both are written down before anything is shown.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.actions.record import hold, log, note
from incidents.models import Evidence, Mission, Report, User
from incidents.roles import Action
from incidents.workflow import MoveNotAllowed


@transaction.atomic
def disclose(evidence: Evidence, *, actor: User, reason: str) -> None:
    """An original leaves the store. Raises MoveNotAllowed without a reason."""
    _check(reason)
    incident = hold(evidence.report.incident_id)
    note(incident, "evidence.downloaded", actor=actor, reason=reason, sha256=evidence.sha256)


@transaction.atomic
def identify(person: User, mission: Mission | None, *, actor: User, reason: str, report: Report | None = None) -> None:
    """Somebody reads who a reporter is; `report` is the one they came from. Raises MoveNotAllowed."""
    _check(reason)
    if not actor.may(Action.READ_IDENTITY):
        raise MoveNotAllowed(_("Only a mission admin can see who a reporter is."))
    details: dict[str, str | int] = {"person": person.pk}
    if report is not None:
        details["incident"] = str(report.incident_id)
        note(hold(report.incident_id), "identity.read", actor=actor, reason=reason, report=report.reference)
    log(mission, "identity.read", actor=actor, reason=reason, **details)


def _check(reason: str) -> None:
    if not reason.strip():
        raise MoveNotAllowed(_("Give a reason for this step."))
