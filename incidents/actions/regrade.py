"""Giving a mission another table of severity rules; what it changes is triaged anew in the background."""

from incidents.actions.publish import publish_anew
from incidents.actions.read_only import check_open
from incidents.grading import Rule
from incidents.models import Assessment, Incident, Mission, SeverityRule
from incidents.triage.rehearsal import STEP, graded


def grade_by(mission: Mission, rules: tuple[Rule, ...]) -> int:
    """Replace the mission's table; returns how many of its open incidents are made due for triage by it.

    Not one transaction: on SQLite it would keep reports out while a large mission is looked through. Whatever ends it
    half-way, saving the same table again finds what is left.
    """
    check_open(mission)
    SeverityRule.objects.replace(mission, rules)
    incidents = Incident.objects.open().filter(mission=mission)
    changed = [
        pk
        for pk, before, _override, result in graded(mission, incidents, rules)
        if (before["severity_computed"], before["severity_reasons"]) != (result.severity, result.reasons)
    ]
    for start in range(0, len(changed), STEP):
        Assessment.objects.filter(report__incident__in=changed[start : start + STEP]).again()
    return len(changed)


def locate_anew(mission: Mission) -> int:
    """Make the mission's open incidents due for triage, for its boundaries or stations changed; returns how many.

    Of those that are closed too, what is out names its department as it is called now.
    """
    publish_anew(mission)
    incidents = Incident.objects.open().filter(mission=mission)
    Assessment.objects.filter(report__incident__in=incidents).again()
    return incidents.count()
