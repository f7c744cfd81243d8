"""How the tests make things: through the product's own verbs, with plausible contents."""

import io
import uuid
from datetime import date, timedelta

from django.utils import timezone
from PIL import Image

from incidents import geo
from incidents.actions.assess import assess
from incidents.actions.broadcast import Draft, send
from incidents.actions.keep_view import keep
from incidents.actions.submit import Origin, submit
from incidents.actions.talk import ask
from incidents.coarsening import Named
from incidents.models import Boundary, Grouping, Membership, Mission, OnCall, Place, Report, SavedView, Surge, User
from incidents.roles import Role
from incidents.statement import StatementForm

PASSWORD = "correct-horse-battery"

LA_PAZ = (-16.5, -68.15)
SANTA_CRUZ = (-17.78, -63.18)
ORURO = (-17.97, -67.11)

# Three squares, side by side: enough geometry to tell departments apart.
SQUARES = {
    "BO-L": ("La Paz", (-69.5, -17.5, -66.5, -12.0)),
    "BO-O": ("Oruro", (-69.0, -20.0, -66.5, -17.5)),
    "BO-S": ("Santa Cruz", (-64.5, -20.5, -57.5, -13.5)),
}


def mission(slug="bolivia-2020", **fields):
    given = {
        "names": {"en": "Bolivia, general election 2020", "es": "Bolivia, elección general 2020"},
        "election_day": date(2020, 10, 18),
        "time_zone": "America/La_Paz",
        "languages": ["es", "en"],
        # No small group waits, unless a test is about that.
        "release_delay_hours": 0,
        **fields,
    }
    return Mission.objects.create(slug=slug, **given)


def departments(of):
    return {
        code: Boundary.objects.create(mission=of, code=code, names={"es": name}, geometry=_square(box))
        for code, (name, box) in SQUARES.items()
    }


def _square(box):
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def place(of, code="sopocachi", name="Sopocachi", at=LA_PAZ, department=None, **fields):
    return Place.objects.create(
        mission=of, code=code, names={"es": name}, latitude=at[0], longitude=at[1], department=department, **fields
    )


def person(username, role, of, *departments, everywhere=False, **fields):
    user = User.objects.create_user(username, PASSWORD, role=role, **{"email": f"{username}@desk.example", **fields})
    membership = Membership.objects.create(user=user, mission=of, all_departments=everywhere)
    membership.departments.set(departments)
    return user


def monitor(username, of):
    return person(username, Role.MONITOR, of, everywhere=True, email="")


def fields(**changes):
    """What a monitor's form sends, in plain strings."""
    return {
        "categories": ["intimidation"],
        "perpetrators": ["police"],
        "victims": ["voter"],
        "source_relation": "witness",
        "timing": "happening_now",
        "words": "Two officers stood at the door and wrote down names.",
        "location_source": "gps",
        "latitude": str(LA_PAZ[0]),
        "longitude": str(LA_PAZ[1]),
        "accuracy_m": "12",
        "consent": "partners",
        "language": "es",
        **changes,
    }


def statement(of=None, **changes):
    places = set(Place.objects.filter(mission=of).values_list("code", flat=True)) if of else ()
    form = StatementForm(fields(**changes), places=places)
    assert form.is_valid(), form.errors
    return form.statement()


def report(
    reporter,
    of=None,
    *,
    triaged=True,
    report_id=None,
    channel=Report.Channel.WEB,
    device=None,
    received_at=None,
    **changes,
):
    """A report through the monitor's action, triaged unless told otherwise."""
    of = of or reporter.memberships.get().mission
    done = submit(
        statement(of, **changes),
        report_id=report_id or uuid.uuid4(),
        origin=Origin(mission=of, channel=channel, reporter=reporter, device=device),
        received_at=received_at,
    )
    if triaged:
        assess(done.report.assessment.pk)
    return Report.objects.get(pk=done.report.pk)


def incident(reporter, of=None, **changes):
    return report(reporter, of, **changes).incident


def crowd(of, size=20):
    """As if so many monitors had been active, in the week before, around each of the towns and in each department."""
    towns = {"BO-L": LA_PAZ, "BO-S": SANTA_CRUZ, "BO-O": ORURO}
    squares = [(code, "", geo.cell(*at) >> geo.COARSE_SHIFT) for code, at in towns.items()]
    nodes = {(): size, **{(code,): size for code in towns}, **dict.fromkeys(squares, size)}
    grouping, _ = Grouping.objects.get_or_create(
        mission=of, day=timezone.now().astimezone(of.zone).date(), defaults={"group_size": of.group_size}
    )
    grouping.keep(Named(nodes))
    grouping.save()
    return grouping


def photo(size=(640, 480), secret=b""):
    """A JPEG; `secret` is hidden in its EXIF description and in a comment."""
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = secret.decode() or "none"
    Image.new("RGB", size, (200, 120, 40)).save(buffer, "JPEG", exif=exif, comment=secret)
    return buffer.getvalue()


def question(report, author, **fields):
    """A question about a report, through the desk's action."""
    return ask(report, actor=author, **{"question_id": uuid.uuid4(), "text": "How many of them were there?", **fields})


def broadcast(author, *departments, **fields):
    """A broadcast to monitors, through the desk's action."""
    given = {"roles": [Role.MONITOR], "texts": {"en": "Stay away from the main road."}, "hours": 24, **fields}
    mission = given.pop("mission", None) or author.latest_mission
    return send(Draft(mission, list(departments), **given), actor=author, broadcast_id=uuid.uuid4())


def surge(*incidents, **fields):
    """A rise in what these incidents are, as the watch writes it."""
    one = incidents[0]
    given = {
        "level": "cell",
        "department": one.department,
        "perpetrator": "police",
        "category": one.category,
        "window_start": timezone.now() - timedelta(hours=3),
        "window_end": timezone.now(),
        "observed": 7,
        "expected": 0.8,
        "score": 1.5,
        "method": "surge-1",
        **fields,
    }
    row = Surge.objects.create(mission=one.mission, **given)
    row.incidents.set(incidents)
    return row


def view(owner, name="Grave", shared_with=None, **asked):
    """A saved view, through the desk's action."""
    fresh = SavedView(owner=owner, asked=asked or {"severity": "critical"})
    return keep(fresh, actor=owner, name=name, shared_with=shared_with)


def turn(user, of=None, *, hours=8, starts_in=timedelta(hours=1), **fields):
    """A turn of the rota that is still to come."""
    begins = timezone.now() + starts_in
    given = {"starts_at": begins, "ends_at": begins + timedelta(hours=hours), **fields}
    return OnCall.objects.create(mission=of or user.memberships.get().mission, user=user, **given)
