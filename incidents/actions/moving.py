"""What hangs on the reports of an incident and moves with them: accusations, danger, assignment, deliveries.

Everything that a merge changes is written down with its value before, and goes back only where it still is as the merge
left it: what people and later reports changed meanwhile is theirs.
"""

import json
from typing import Any

from django.utils import timezone

from incidents.models import Accusation, Delivery, Incident, Merge, Revision
from incidents.models.shown import MERGED, SETTLED
from incidents.models.work import Work

# What holds for both where it held for one.
_JOINED = ("in_danger_now", "is_kept_back")
# Taken from the emptied incident where the kept one has none. Where it is, triage finds from the reports.
_TAKEN = ("occurred_at", "assigned_to_id")
_FAILURE = ("failure_told_at", "failure_seen_at")


def take_over(kept: Incident, emptied: Incident) -> dict[str, Any]:
    """Change `kept`, without saving it; returns what was changed, {field: [before, after]}, and the codes added."""
    before = {name: getattr(kept, name) for name in (*_JOINED, *_TAKEN)}
    for name in _JOINED:
        setattr(kept, name, getattr(kept, name) or getattr(emptied, name))
    for name in _TAKEN:
        if getattr(kept, name) is None:
            setattr(kept, name, getattr(emptied, name))
    known = set(kept.accusations.values_list("code", flat=True))
    added = sorted(set(emptied.accusations.values_list("code", flat=True)) - known)
    Accusation.objects.bulk_create((Accusation(incident=kept, code=code) for code in added), ignore_conflicts=True)
    changed = {
        name: [_plain(value), _plain(getattr(kept, name))]
        for name, value in before.items()
        if value != getattr(kept, name)
    }
    return {"fields": changed, "accusations": added}


def give_back(kept: Incident, emptied: Incident, merge: Merge) -> None:
    """Undo `take_over`, after the reports went back; `kept` is changed without saving."""
    for name, (before, after) in merge.changed["fields"].items():
        if _plain(getattr(kept, name)) == after and not _still_true(kept, name, merge):
            column: Any = Incident._meta.get_field(name)
            setattr(kept, name, column.to_python(before))
    # A later text of a report that was moved counted for the kept incident; it counts where its report is.
    theirs = _named(emptied)
    kept.accusations.filter(code__in=theirs.union(merge.changed["accusations"]) - _named(kept)).delete()
    new = theirs - set(emptied.accusations.values_list("code", flat=True))
    Accusation.objects.bulk_create(
        (Accusation(incident=emptied, code=code) for code in sorted(new)), ignore_conflicts=True
    )
    if any(text.get("in_danger_now") for text in _later(emptied, merge)):
        emptied.in_danger_now = True
    _give_back_deliveries(kept, emptied, merge)


def _still_true(kept: Incident, name: str, merge: Merge) -> bool:
    """Danger does not end because a merge is undone, where a report that stays tells of it; nor does what a person has
    kept back since leave.
    """
    if name == "is_kept_back":
        return kept.timeline.filter(event="incident.kept_back", at__gte=merge.merged_at).exists()
    if name != "in_danger_now":
        return False
    return kept.reports.filter(in_danger_now=True).exists() or any(text.get("in_danger_now") for text in _texts(kept))


def _plain(value: Any) -> Any:
    """As JSON holds it."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _named(incident: Incident) -> set[str]:
    """The codes that reports under an incident, and what was sent later, accuse."""
    told = [*incident.reports.values_list("perpetrators", flat=True)]
    told += [text.get("perpetrators", ()) for text in _texts(incident)]
    return {entry["code"] for entries in told for entry in entries if entry.get("code")}


def _texts(incident: Incident) -> list[dict[str, Any]]:
    revised = Revision.objects.that_count().filter(report__incident=incident)
    return [json.loads(body) for body in revised.values_list("body", flat=True)]


def _later(incident: Incident, merge: Merge) -> list[dict[str, Any]]:
    revised = Revision.objects.that_count().filter(report__incident=incident, received_at__gte=merge.merged_at)
    return [json.loads(body) for body in revised.values_list("body", flat=True)]


def deliveries(emptied: Incident, kept: Incident) -> dict[str, list[str]]:
    """What is still to be told of the emptied incident is told of the kept one, once per person and kind."""
    waiting = list(Delivery.objects.filter(incident=emptied, state=Work.State.PENDING))
    told = set(kept.deliveries.values_list("recipient", "kind", "channel"))
    again = [row.pk for row in waiting if (row.recipient_id, row.kind, row.channel) in told]
    move = [row.pk for row in waiting if row.pk not in again]
    pending = Delivery.objects.filter(state=Work.State.PENDING)
    # No failure that anybody has to be told of or look at.
    settled = dict.fromkeys(_FAILURE, timezone.now())
    pending.filter(pk__in=again).update(state=Work.State.PARKED, last_error=MERGED, **settled)
    pending.filter(pk__in=move).update(incident=kept)
    return {"deliveries": [str(pk) for pk in move], "deliveries_ended": [str(pk) for pk in again]}


def _give_back_deliveries(kept: Incident, emptied: Incident, merge: Merge) -> None:
    moved = Delivery.objects.filter(pk__in=merge.moved["deliveries"], incident=kept)
    moved.update(incident=emptied)
    ended = Delivery.objects.filter(SETTLED, pk__in=merge.moved["deliveries_ended"])
    fresh: dict[str, Any] = dict.fromkeys(_FAILURE)
    ended.update(state=Work.State.PENDING, last_error="", **fresh)
