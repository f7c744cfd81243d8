"""API keys of partners: shown once, stored hashed, revoked at once."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.enrolment import new_secret, secret_hash
from incidents.models.mission import Mission
from incidents.models.user import User
from incidents.taxonomy import Audience

PREFIX_LENGTH = 8
# Noting every pull would turn each read into a write.
LAST_USED_STEP = timedelta(minutes=1)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def valid(self, secret: str) -> "ApiKey | None":
        """The key that `secret` opens, unless revoked or expired."""
        now = timezone.now()
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=now)
        return self.filter(unexpired, key_hash=secret_hash(secret), revoked_at=None).first()


class ApiKey(models.Model):
    holder = models.ForeignKey(User, models.CASCADE, related_name="api_keys", verbose_name=_("partner"))
    mission = models.ForeignKey(Mission, models.CASCADE, related_name="api_keys")
    audience = models.CharField(_("audience"), max_length=10, choices=Audience.choices, default=Audience.PARTNER)
    prefix = models.CharField(_("begins with"), max_length=PREFIX_LENGTH, editable=False)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
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
    def issue(cls, *, holder: User, mission: Mission) -> tuple["ApiKey", str]:
        """A new key and its secret, which is told once and can't be read again."""
        secret = new_secret()
        key = cls.objects.create(
            holder=holder, mission=mission, prefix=secret[:PREFIX_LENGTH], key_hash=secret_hash(secret)
        )
        return key, secret

    def note_use(self) -> None:
        now = timezone.now()
        stale = models.Q(last_used_at=None) | models.Q(last_used_at__lt=now - LAST_USED_STEP)
        ApiKey.objects.filter(stale, pk=self.pk).update(last_used_at=now)
