"""Where things are: boundaries (departments and below) and named places, per mission, loaded from files."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents import geo
from incidents.models.mission import Mission


class Named(models.Model):
    """Something with a name in several languages."""

    names = models.JSONField(_("names by language"), default=dict)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        names: dict[str, str] = self.names or {}
        language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        return names.get(language) or names.get("es") or next(iter(names.values()), "")


class Boundary(Named):
    """An administrative area. `geometry` is GeoJSON (Polygon or MultiPolygon, longitude before latitude)."""

    mission = models.ForeignKey(Mission, models.CASCADE, related_name="boundaries")
    level = models.PositiveSmallIntegerField(_("level"), default=1, help_text=_("1 is the department."))
    code = models.CharField(_("code"), max_length=40)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    geometry = models.JSONField(_("geometry"))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("mission", "code"), name="one_boundary_per_code"),)
        ordering = ("level", "code")
        verbose_name = _("boundary")
        verbose_name_plural = _("boundaries")


class Place(Named):
    """A named point a reporter may choose: a town, or a polling station."""

    class Kind(models.TextChoices):
        LOCALITY = "locality", _("Locality")
        POLLING_STATION = "polling_station", _("Polling station")

    mission = models.ForeignKey(Mission, models.CASCADE, related_name="places")
    code = models.CharField(_("code"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.LOCALITY)
    department = models.ForeignKey(Boundary, models.SET_NULL, null=True, blank=True, related_name="places")
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6)
    cell = models.BigIntegerField(editable=False, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("mission", "code"), name="one_place_per_code"),)
        indexes = (models.Index(fields=("mission", "kind", "cell"), name="place_cell_of_kind"),)
        ordering = ("code",)
        verbose_name = _("place")
        verbose_name_plural = _("places")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.cell = geo.cell(self.latitude, self.longitude)
        super().save(*args, **kwargs)
