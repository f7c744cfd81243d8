"""What the desk asks a monitor about a report, and what the monitor answers. Kept like testimony.

Neither is edited or deleted by staff, through any door; only when it was looked at is added.
"""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.enrolment import Device
from incidents.models.report import ImmutableTestimony, Report
from incidents.models.user import User
from incidents.taxonomy import Held, Phrase


class SaidQuerySet(models.QuerySet[Any]):
    def update(self, **changes: Any) -> int:
        if not self.model.LOOKED_AT.issuperset(changes):
            raise ImmutableTestimony("what was said is never changed")
        return super().update(**changes)

    def delete(self) -> Any:
        raise ImmutableTestimony("what was said is never deleted")


class Said(models.Model):
    LOOKED_AT: ClassVar[frozenset[str]] = frozenset()

    # Made on the page that sends it, so that sending it again is the same.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    text = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)[:8]

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if not self._state.adding and (fields is None or not self.LOOKED_AT.issuperset(fields)):
            raise ImmutableTestimony("what was said is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise ImmutableTestimony("what was said is never deleted")


class QuestionQuerySet(SaidQuerySet):
    def unanswered(self) -> Self:
        """Those without a reply; one that is held apart answers nothing."""
        return self.exclude(Exists(Reply.objects.filter(question=OuterRef("pk"), held="")))

    def waiting_for(self, monitor: User) -> Self:
        return self.unanswered().filter(report__reporter=monitor)


class Question(Said):
    """From the desk: a ready phrase, own words, or both."""

    LOOKED_AT = frozenset({"seen_at"})

    report = models.ForeignKey(Report, models.PROTECT, related_name="questions")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    phrase = models.CharField(max_length=10, choices=Phrase.choices, blank=True)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    # When a phone of the monitor's first showed it.
    seen_at = models.DateTimeField(_("seen"), null=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ("asked_at", "pk")
        verbose_name = _("question")
        verbose_name_plural = _("questions")


class Reply(Said):
    """From the monitor. There may be more than one: a second window of the phone answers too, and nothing is lost."""

    LOOKED_AT = frozenset({"read_at"})

    question = models.ForeignKey(Question, models.PROTECT, related_name="replies")
    device = models.ForeignKey(Device, models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    # When somebody at the desk first read it.
    read_at = models.DateTimeField(_("read"), null=True)
    # As of a report: what a revoked phone sends is read by people, and moves nothing by itself.
    held = models.CharField(max_length=20, choices=Held.choices, blank=True)

    objects = SaidQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ("sent_at", "pk")
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
