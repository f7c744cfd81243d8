"""Severity rules: the table by which a mission grades its incidents, one row for each fact that counts."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from incidents.grading import DEFAULT_RULES, Effect, Fact, Rule
from incidents.models.mission import Mission
from incidents.models.stamp import Stamp
from incidents.taxonomy import Severity


class SeverityRuleQuerySet(models.QuerySet["SeverityRule"]):
    def table(self, mission_id: int) -> tuple[Rule, ...]:
        """The mission's rules; those that every mission begins with where somebody removed them all."""
        names = ("kind", "code", "effect", "level", "steps", "threshold")
        rows = self.filter(mission_id=mission_id).order_by("pk").values_list(*names)
        return tuple(Rule(*row) for row in rows) or DEFAULT_RULES

    def kept(self, mission_id: int, stamp: Stamp) -> tuple[Rule, ...]:
        """The same, remembered by the process while the stamp says that it stands."""
        return _kept(mission_id, stamp.rules)

    @transaction.atomic
    def replace(self, mission: Mission, rules: Iterable[Rule]) -> None:
        """Put a whole table in the place of the mission's. The mission's row is held: two admins, one table."""
        Mission.objects.select_for_update().get(pk=mission.pk)
        self.filter(mission=mission).delete()
        SeverityRule.objects.bulk_create(SeverityRule(mission=mission, **vars(rule)) for rule in rules)


class SeverityRule(models.Model):
    mission = models.ForeignKey(Mission, models.CASCADE, related_name="severity_rules")
    kind = models.CharField(_("kind of fact"), max_length=20, choices=Fact.choices)
    code = models.CharField(_("code"), max_length=30, blank=True)
    threshold = models.PositiveIntegerField(_("from how many people"), default=0)
    effect = models.CharField(_("effect"), max_length=10, choices=Effect.choices)
    level = models.CharField(_("severity"), max_length=10, choices=Severity.choices, blank=True)
    steps = models.PositiveSmallIntegerField(_("steps"), default=0)

    objects = SeverityRuleQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("mission", "kind", "code", "threshold"), name="one_rule_per_fact"),
        )
        ordering = ("pk",)
        verbose_name = _("severity rule")
        verbose_name_plural = _("severity rules")

    def __str__(self) -> str:
        return f"{self.kind} {self.code}".strip()


@lru_cache(maxsize=32)
def _kept(mission_id: int, _stamp: tuple[Any, ...]) -> tuple[Rule, ...]:
    return SeverityRule.objects.table(mission_id)


def begin_with_defaults(sender: Any, instance: Mission, created: bool, raw: bool, **kwargs: Any) -> None:
    """Every mission has a table of its own from its first moment, through whichever door it was made."""
    if created and not raw:
        SeverityRule.objects.bulk_create(SeverityRule(mission=instance, **vars(rule)) for rule in DEFAULT_RULES)


models.signals.post_save.connect(begin_with_defaults, sender=Mission, dispatch_uid="severity_rules_of_a_mission")
