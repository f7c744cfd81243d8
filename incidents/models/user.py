"""People with an account, and what part of a mission each belongs to.

An account holds a code instead of a name. Coordinators are scoped per mission to departments; a scope that names none
sees only what could not be placed, never everything by accident.
"""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from incidents.models.apart import SavedApart
from incidents.models.mission import Mission
from incidents.roles import Action, Role, may
from incidents.taxonomy import Perpetrator


class UserQuerySet(models.QuerySet["User"]):
    def in_mission(self, mission: Mission) -> "UserQuerySet":
        return self.filter(memberships__mission=mission, is_active=True)

    def with_role(self, *roles: Role) -> "UserQuerySet":
        return self.filter(role__in=roles)


class Accounts(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user: User = self.model(username=username, **{"code": username, **fields})
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, password, **{"role": Role.MISSION_ADMIN, "is_superuser": True, **fields})


class User(SavedApart, AbstractBaseUser, PermissionsMixin):
    apart = frozenset({"session_epoch", "second_factor"})
    # Of their mission, where a list has asked for it.
    time_zone: str | None

    username = models.CharField(_("user name"), max_length=80, unique=True)
    code = models.CharField(_("code"), max_length=40, help_text=_("Shown instead of a name, such as M-07."))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    email = models.EmailField(_("e-mail for alerts"), blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    organisation = models.CharField(_("organisation"), max_length=120, blank=True)
    linked_force = models.CharField(
        _("linked to a force"),
        max_length=30,
        choices=Perpetrator.choices,
        blank=True,
        help_text=_("This account sees nothing in which that force is accused."),
    )
    missions: "models.ManyToManyField[Mission, Any]" = models.ManyToManyField(
        Mission, through="Membership", related_name="people"
    )
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    # Part of what every session must show: counting on ends all that are open, and costs a request nothing.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    # Whose codes open the desk. A session names the one it was opened with, and ends with it.
    second_factor = models.OneToOneField(
        "otp_totp.TOTPDevice", models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = Accounts()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        ordering = ("code",)
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A partner who is disabled, given another role or linked to a force holds no keys from that moment.

        Settled here and not when a key is used, for the export reads no table of people.
        """
        super().save(*args, **kwargs)
        if not self.may(Action.PULL_RELEASES) or self.linked_force:
            self.api_keys.filter(revoked_at=None).update(revoked_at=timezone.now())

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's hook for what a session must agree with on every request."""
        shown = f"{self.session_epoch} {self.password}"
        return salted_hmac("incidents.session", shown, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_staff(self) -> bool:
        """Django's word for: may enter the desk."""
        return self.is_active and may(self.role, Action.ENTER_DESK)

    @property
    def latest_mission(self) -> Mission | None:
        """The mission this person belongs to; of several, the one whose election is the latest."""
        memberships = self.memberships.select_related("mission").order_by("-mission__election_day", "-pk")
        latest = memberships.first()
        return latest.mission if latest else None

    @property
    def zone(self) -> ZoneInfo:
        """The clock by which the desk tells of them: their mission's. A list asks for those of all its rows at once."""
        if "time_zone" in self.__dict__:
            return ZoneInfo(self.time_zone or "UTC")
        mission = self.latest_mission
        return mission.zone if mission else ZoneInfo("UTC")

    def may(self, action: Action) -> bool:
        return self.is_active and may(self.role, action)


class Membership(models.Model):
    """A person's part in one mission."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    mission = models.ForeignKey(Mission, models.CASCADE, related_name="memberships")
    all_departments = models.BooleanField(_("all departments"), default=False)
    departments: "models.ManyToManyField[Any, Any]" = models.ManyToManyField(
        "incidents.Boundary", blank=True, verbose_name=_("departments"), related_name="memberships"
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "mission"), name="one_membership_per_mission"),)
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user_id} · {self.mission_id}"

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Who leaves a mission leaves its keys behind."""
        self.user.api_keys.filter(mission=self.mission, revoked_at=None).update(revoked_at=timezone.now())
        return super().delete(*args, **kwargs)
