"""API keys of partners: shown once, stored hashed, revoked at once; what each pulled, and what they keep by name.

The export may read these tables, releases, missions and boundaries, and no other: nothing here says who a person is.
"""

from datetime import datetime, timedelta
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.enrolment import new_secret, secret_hash
from incidents.models.mission import Mission
from incidents.models.place import Boundary
from incidents.models.user import User
from incidents.taxonomy import Audience

PREFIX_LENGTH = 8
# Noting every pull would turn each read into a write.
LAST_USED_STEP = timedelta(minutes=1)


class KeyState(models.TextChoices):
    WAITING = "waiting", _("Waits for a second person")
    OPEN = "open", _("In force")
    EXPIRED = "expired", _("Has run out")
    REVOKED = "revoked", _("Was revoked")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def valid(self, secret: str) -> "ApiKey | None":
        """The key that `secret` opens, unless it is revoked, expired, or not granted yet."""
        return self.opening().select_related("mission").filter(key_hash=secret_hash(secret)).first()

    def opening(self) -> Self:
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, revoked_at=None, granted_at__isnull=False)

    def waiting(self) -> Self:
        """Those that somebody else has to grant before they open anything."""
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, revoked_at=None, granted_at=None)

    def with_volume(self, since: datetime) -> Self:
        """With the number and the bytes of what each has pulled from then on: one question for all."""
        theirs = Pull.objects.filter(key=models.OuterRef("pk"), at__gte=since).order_by().values("key")
        counted = theirs.annotate(found=models.Count("pk")).values("found")
        summed = theirs.annotate(found=models.Sum("bytes")).values("found")
        return self.annotate(
            pull_count=Coalesce(models.Subquery(counted, models.BigIntegerField()), 0),
            pull_bytes=Coalesce(models.Subquery(summed, models.BigIntegerField()), 0),
        )

    def opening_exact(self, mission: Mission) -> Self:
        """Those that open exact places, for whom alone these are written."""
        return self.opening().filter(mission=mission, audience=Audience.EXACT)


class ApiKey(models.Model):
    holder = models.ForeignKey(User, models.CASCADE, related_name="api_keys", verbose_name=_("partner"))
    mission = models.ForeignKey(Mission, models.CASCADE, related_name="api_keys")
    audience = models.CharField(_("audience"), max_length=10, choices=Audience.choices, default=Audience.PARTNER)
    # Codes; none stands for the whole mission.
    departments = models.JSONField(_("departments"), default=list, blank=True)
    per_minute = models.PositiveSmallIntegerField(
        _("pulls a minute"), default=60, validators=[MinValueValidator(1), MaxValueValidator(6_000)]
    )
    prefix = models.CharField(_("begins with"), max_length=PREFIX_LENGTH, editable=False)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")
    # By a second person where it opens much; until then it opens nothing.
    granted_at = models.DateTimeField(_("granted"), null=True, editable=False)
    granted_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")
    # The one that it takes the place of; both open until the older one expires.
    renews = models.ForeignKey("self", models.SET_NULL, null=True, editable=False, related_name="renewed_by")
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return self.prefix

    @classmethod
    def issue(cls, *, holder: User, mission: Mission, is_granted: bool = False, **scope: Any) -> tuple["ApiKey", str]:
        """A new key and its secret, which is told once and can't be read again.

        One that opens much opens nothing before somebody else has granted it, unless they did.
        """
        secret = new_secret()
        key = cls(holder=holder, mission=mission, prefix=secret[:PREFIX_LENGTH], key_hash=secret_hash(secret), **scope)
        if is_granted or not key.opens_much:
            key.granted_at = timezone.now()
        key.save(force_insert=True)
        return key, secret

    @property
    def opens_much(self) -> bool:
        """All that partners may see, or exact places: two people have to want that. Department by department it is as
        much, by one key or by several.
        """
        if self.audience != Audience.PARTNER or not self.departments:
            return self.audience != Audience.PUBLIC
        theirs = ApiKey.objects.opening().filter(holder=self.holder, mission=self.mission, audience=self.audience)
        opened = set(self.departments).union(*theirs.values_list("departments", flat=True))
        return not Boundary.objects.filter(mission=self.mission, level=1).exclude(code__in=opened).exists()

    @property
    def state(self) -> "KeyState":
        if self.revoked_at:
            return KeyState.REVOKED
        if self.expires_at and self.expires_at <= timezone.now():
            return KeyState.EXPIRED
        return KeyState.OPEN if self.granted_at else KeyState.WAITING

    def note_use(self) -> None:
        now = timezone.now()
        stale = models.Q(last_used_at=None) | models.Q(last_used_at__lt=now - LAST_USED_STEP)
        ApiKey.objects.filter(stale, pk=self.pk).update(last_used_at=now)


class Pull(models.Model):
    """One answer to a key: when, of what, how it ended and how much it was. The address holds filters and no key."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="pulls")
    at = models.DateTimeField(default=timezone.now)
    address = models.CharField(max_length=300)
    status = models.PositiveSmallIntegerField()
    # None while it is being sent, or where the reader went away.
    rows = models.PositiveIntegerField(null=True)
    bytes = models.PositiveBigIntegerField(null=True)

    class Meta:
        indexes = (models.Index(fields=("key", "at"), name="pull_of_key"),)
        ordering = ("-at",)
        verbose_name = _("pull")
        verbose_name_plural = _("pulls")

    def __str__(self) -> str:
        return f"{self.pk}"


class SavedExport(models.Model):
    """An address that stays: Excel refreshes it, and what it asks for can be changed without telling anybody."""

    mission = models.ForeignKey(Mission, models.CASCADE, related_name="saved_exports")
    slug = models.SlugField(_("short name"), max_length=60)
    # As in an address, such as "category=shooting&department=BO-L".
    query = models.CharField(_("filters"), max_length=500, blank=True)
    # A client that asks "changed since?" must hear of other filters as of other releases.
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("mission", "slug"), name="one_saved_export_per_slug"),)
        ordering = ("slug",)
        verbose_name = _("saved address")
        verbose_name_plural = _("saved addresses")

    def __str__(self) -> str:
        return self.slug
