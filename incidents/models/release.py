"""Releases: exactly what one audience may see of one incident. The export API reads these rows and nothing else.

Every column stands as it leaves: times as text of RFC 3339 in UTC (which sorts as the times do), texts guarded against
being taken for a formula, unknown as NULL. So a database can hand out a table without touching a row. `feature` is the
finished GeoJSON, where texts stand as they were written.
"""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Incident
from incidents.models.mission import Mission
from incidents.taxonomy import Audience

# What is sorted by when it happened: unknown comes first.
OCCURRED = Coalesce("occurred_at", Value(""))
# Between the departments that a release was ever told of; begins and ends the text, so that one can be looked for.
SCOPE_MARK = ";"


class ReleaseQuerySet(models.QuerySet["Release"]):
    def for_key(self, key: object) -> Self:
        """What the holder of an API key may pull; withdrawn rows excluded."""
        theirs = self._of_audience(key).filter(withdrawn_at=None)
        departments = _departments(key)
        return theirs.filter(adm1_code__in=departments) if departments else theirs

    def changes_for_key(self, key: object) -> Self:
        """The same, and what was in its sight before and no longer is."""
        theirs = self._of_audience(key)
        ever = Q()
        for code in _departments(key):
            ever |= Q(scope__contains=f"{SCOPE_MARK}{code}{SCOPE_MARK}")
        return theirs.filter(ever)

    def newest_for_key(self, key: object) -> tuple[int, str]:
        """The last change that the holder of a key may hear of, and when it was made.

        That something has changed elsewhere would tell them that there is something elsewhere.
        """
        found = self.changes_for_key(key).order_by("-change").values_list("change", "updated_at").first()
        return found or (0, "")

    def _of_audience(self, key: object) -> Self:
        return self.filter(mission_id=getattr(key, "mission_id", None), audience=getattr(key, "audience", ""))


def _departments(key: object) -> list[str]:
    return list(getattr(key, "departments", ()))


class Release(models.Model):
    """One row per audience and incident. `public_id` is the only id that leaves; `change` orders by commit."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mission = models.ForeignKey(Mission, models.PROTECT, related_name="releases")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="releases")
    audience = models.CharField(max_length=10, choices=Audience.choices)
    change = models.BigIntegerField()
    # The change by which it first came out: a row that has changed since may be in somebody's copy.
    released_change = models.BigIntegerField(default=0)
    released_at = models.DateTimeField(default=timezone.now)
    updated_at = models.CharField(max_length=20, default="")
    withdrawn_at = models.DateTimeField(null=True)
    # Departments it was told of, once: whoever may see one of these hears that it is gone from there.
    scope = models.TextField(default=SCOPE_MARK)

    occurred_at = models.CharField(max_length=20, null=True)
    reported_at = models.CharField(max_length=20, null=True)
    category = models.CharField(max_length=30, null=True)
    category_label = models.CharField(max_length=120, null=True)
    huridocs = models.CharField(max_length=20, null=True)
    huridocs_list = models.PositiveSmallIntegerField(null=True)
    acled = models.CharField(max_length=80, null=True)
    severity = models.CharField(max_length=10, null=True)
    verification = models.CharField(max_length=20, null=True)
    status = models.CharField(max_length=20, null=True)
    perpetrators = models.TextField(null=True)
    adm1_name = models.TextField(null=True)
    adm1_code = models.CharField(max_length=40, null=True)
    adm2_name = models.TextField(null=True)
    adm2_code = models.CharField(max_length=40, null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    precision = models.CharField(max_length=10, null=True)
    place_level = models.CharField(max_length=10, null=True)
    description = models.TextField(null=True)

    feature = models.TextField(help_text=_("The finished GeoJSON feature."))

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("audience", "incident"), name="one_release_per_audience"),)
        indexes = (
            models.Index(fields=("mission", "audience", "change"), name="release_change"),
            models.Index("mission", "audience", OCCURRED, "change", name="release_occurred"),
        )
        verbose_name = _("release")
        verbose_name_plural = _("releases")

    def __str__(self) -> str:
        return str(self.public_id)[:8]

    @property
    def is_out(self) -> bool:
        return self.pk is not None and self.withdrawn_at is None


# What a release says, in the order in which tables show it; emptied when it is withdrawn.
COLUMNS = (
    "occurred_at",
    "reported_at",
    "category",
    "category_label",
    "huridocs",
    "huridocs_list",
    "acled",
    "severity",
    "verification",
    "status",
    "perpetrators",
    "adm1_name",
    "adm1_code",
    "adm2_name",
    "adm2_code",
    "latitude",
    "longitude",
    "precision",
    "place_level",
    "description",
)
