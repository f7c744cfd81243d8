"""The tally of incidents: how many there are of each kind in each square of the map, ready to be added up.

Three tables hold it. `Mark` says which incidents were touched since they were counted: rows are only added, in the
transaction that touches. `Counted` holds what the tally counts of each incident, and `Tally` the sums. What is read
takes off what was counted of the marked ones and adds them as they are now, so it is exact at any moment; folding (in
`actions/fold.py`) only keeps the marks few. Nothing here names a person, and no row here is testimony: all of it can
be made anew from the incidents by `manage.py recount`.
"""

from collections.abc import Iterable
from typing import Any

from django.db import models

# Squares of a mercator grid with so many bits a side. A cluster of the map at zoom z is a square of z + 2 bits, 64
# pixels wide; 8 bits are a country, 14 a town. 0 is the whole world, for what is asked without a map.
WHOLE, COARSEST, FINEST = 0, 8, 14
LEVELS = (8, 10, 12, 14)
# By one further attribute it is counted at the two coarse levels only: at the finer ones there would be hardly fewer
# sums than incidents, and a window of so few squares holds few enough incidents to be looked through.
FACET_LEVELS = (8, 10)
UNPLACED = -1


class Facet(models.TextChoices):
    """What is counted apart. `ALL` counts everything; of the danger only what is in danger."""

    ALL = ""
    STATUS = "status"
    CATEGORY = "category"
    VERIFICATION = "verification"
    PERPETRATOR = "perpetrator"
    DANGER = "danger"
    DAY = "day"
    HOUR = "hour"
    ASSIGNED = "assigned"


class State(models.TextChoices):
    """The three lists of the desk. What is open, and what is held apart, counts among all as well."""

    ALL = "all"
    OPEN = "open"
    HELD = "held"


# Bit by bit what a number in `forces` says. Numbers are stored: only ever add at the end.
FORCES = (
    "police",
    "armed_forces",
    "gendarmerie",
    "intelligence",
    "prison_officials",
    "presidential_guard",
    "national_officials",
    "local_officials",
    "paramilitary",
    "vigilante",
    "pro_government_group",
    "opposition_group",
    "private_security",
    "crowd",
    "unknown",
)


class Mark(models.Model):
    """An incident that must be counted anew. Without a constraint or an index: it is written with every change."""

    incident = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.pk}"


def mark(incidents: Iterable[Any]) -> None:
    """Have incidents counted anew, by their ids; call it in the transaction that changes them."""
    Mark.objects.bulk_create((Mark(incident=pk) for pk in incidents), batch_size=1_000)


class Facts(models.Model):
    """What is counted of an incident; the names of the columns are those of `counting.NOW`."""

    incident = models.UUIDField(primary_key=True)
    mission = models.BigIntegerField()
    department = models.BigIntegerField()  # 0: none
    assigned = models.BigIntegerField()  # 0: to nobody
    state = models.CharField(max_length=10)  # of State, but "" for what is only among all
    status = models.CharField(max_length=20)
    severity = models.CharField(max_length=10)
    category = models.CharField(max_length=30)
    verification = models.CharField(max_length=20)
    danger = models.SmallIntegerField()
    happened = models.BigIntegerField()  # seconds since 1970
    forces = models.IntegerField()
    # The place: the cell and its squares of 10 and 14 bits, column and row of the latter, millionths of a degree.
    cell = models.BigIntegerField()
    region = models.BigIntegerField()
    square = models.BigIntegerField()
    x = models.IntegerField()
    y = models.IntegerField()
    lat = models.IntegerField()
    lon = models.IntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.incident)[:8]


class Counted(Facts):
    """As it stands in the tally."""

    class Meta:
        indexes = (
            models.Index(fields=("mission", "region"), name="counted_region"),
            models.Index(fields=("mission", "square"), name="counted_square"),
            models.Index(fields=("mission", "happened"), name="counted_happened"),
        )


class Recounted(Facts):
    """As it will stand, read once: holds rows inside a folding transaction only."""


class Tally(models.Model):
    """How many, how many of them in danger, and the sums of their positions."""

    pk = models.CompositePrimaryKey("mission", "facet", "value", "state", "bits", "x", "y", "department", "severity")
    mission = models.BigIntegerField()
    facet = models.CharField(max_length=12)
    value = models.CharField(max_length=30)
    state = models.CharField(max_length=10)
    bits = models.SmallIntegerField()
    x = models.IntegerField()
    y = models.IntegerField()
    department = models.BigIntegerField()
    severity = models.CharField(max_length=10)
    n = models.IntegerField()
    danger = models.IntegerField()
    lat = models.BigIntegerField()
    lon = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.facet} {self.value}".strip()


class Folding(models.Model):
    """One row: the lock under which marks are folded, one folder at a time."""

    swept_at = models.DateTimeField(null=True)  # when sums of nothing were last removed

    def __str__(self) -> str:
        return f"{self.pk}"
