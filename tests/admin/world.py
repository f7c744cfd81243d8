"""A random world of incidents for comparing counts: clustered, spread, unplaced, held, merged, of several departments
and another mission; and random things that happen to it."""

from datetime import UTC, datetime, timedelta

from incidents import geo
from incidents.models import Accusation, Incident
from incidents.taxonomy import Category, Perpetrator, Severity, Verification
from incidents.workflow import Status
from tests import make

NOW = datetime(2020, 10, 20, 12, tzinfo=UTC)
TOWNS = (make.LA_PAZ, make.SANTA_CRUZ, make.ORURO)
FORCES = ("police", "armed_forces", "crowd", "unknown")


def position(chance):
    """Mostly in a town, sometimes anywhere on the globe; one in ten has none."""
    if (drawn := chance.random()) < 0.1:
        return {"latitude": None, "longitude": None, "cell": None}
    if drawn < 0.8:
        town = chance.choice(TOWNS)
        latitude, longitude = town[0] + chance.gauss(0, 0.05), town[1] + chance.gauss(0, 0.05)
    elif drawn < 0.95:
        latitude, longitude = chance.uniform(-23, -9), chance.uniform(-70, -57)
    else:
        latitude, longitude = chance.uniform(-90, 90), chance.uniform(-180, 180)
    latitude, longitude = geo.degrees(latitude), geo.degrees(longitude)
    return {"latitude": latitude, "longitude": longitude, "cell": geo.cell(latitude, longitude)}


def attributes(chance):
    return {
        "status": chance.choice((*Status.values, "received", "triaged", "triaged")),
        "severity": chance.choice((*Severity.values, "")),
        "category": chance.choice(Category.values[:5]),
        "verification": chance.choice(Verification.values),
        "in_danger_now": chance.random() < 0.1,
        "held": chance.choice(("", "", "", "flood", "revoked_device")),
        "occurred_at": chance.choice((None, NOW - timedelta(hours=chance.uniform(0, 240)))),
        "opened_at": NOW - timedelta(hours=chance.uniform(0, 240)),
    }


def fill(chance, missions, people, count=400):
    """`missions` are pairs of a mission and its departments."""
    made = []
    for _ in range(count):
        mission, departments = chance.choice((missions[0], missions[0], missions[0], missions[-1]))
        made.append(
            Incident(
                mission=mission,
                department=chance.choice((None, *departments)),
                assigned_to=chance.choice((None, *people)),
                public_summary=chance.choice(("", "", "Taken at the bridge.")),
                **attributes(chance),
                **position(chance),
            )
        )
    Incident.objects.bulk_create(made)
    accused = [Accusation(incident=one, code=code) for one in made for code in FORCES if chance.random() < 0.4]
    Accusation.objects.bulk_create(accused)
    for one in chance.sample(made, count // 20):
        one.merged_into = chance.choice([other for other in made if other.merged_into is None and other is not one])
        one.save()
    return made


def happens(chance, made):
    """One change to one or a few of them, through one of the ways there are to write."""
    one, few = chance.choice(made), chance.sample(made, 5)
    changes = [
        lambda: Incident.objects.filter(pk=one.pk).update(**attributes(chance)),
        lambda: Incident.objects.filter(pk__in=[other.pk for other in few]).update(**position(chance)),
        lambda: _saved(one, **attributes(chance)),
        lambda: _saved(one, fields=("severity", "updated_at"), severity=chance.choice(Severity.values)),
        lambda: Accusation.objects.get_or_create(incident=one, code=chance.choice(FORCES)),
        lambda: one.accusations.filter(code__in=FORCES[:2]).delete(),
        lambda: Incident.objects.bulk_update([_changed(other, **attributes(chance)) for other in few], ["status"]),
    ]
    chance.choice(changes)()


def _saved(one, *, fields=None, **changes):
    row = _changed(Incident.objects.get(pk=one.pk), **changes)
    row.save(update_fields=fields)


def _changed(row, **changes):
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def accused_of(incident):
    return set(incident.accusations.values_list("code", flat=True)) & set(Perpetrator.values)
