"""The two kinds of people: monitors by their code, coordinators and mission admins by their user name."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.actions.bulk import STEP, Fault, cell
from incidents.actions.import_people import LANGUAGE, ORGANISATION, People, fitting
from incidents.actions.import_scope import DEPARTMENTS, Scope
from incidents.models import Channel, User
from incidents.models.contact import phone_number
from incidents.models.enrolment import new_secret
from incidents.roles import Role
from incidents.sheet.columns import CellFault, Column, Row, folded, one_of

_ROLES = {
    "coordinator": Role.COORDINATOR,
    "coordinador": Role.COORDINATOR,
    "coordinadora": Role.COORDINATOR,
    "mission admin": Role.MISSION_ADMIN,
    "admin": Role.MISSION_ADMIN,
    "administrador": Role.MISSION_ADMIN,
    "administradora": Role.MISSION_ADMIN,
    "admin de mision": Role.MISSION_ADMIN,
    "administrador de mision": Role.MISSION_ADMIN,
}


class Monitors(People):
    code = "monitors"
    roles = (Role.MONITOR,)
    unsaid = ("code", "username", "password", "role")
    columns = (
        Column(
            "code", ("code", "código"), "M-000", gettext_lazy("Shown instead of a name. Never a name."), required=True
        ),
        ORGANISATION,
        LANGUAGE,
        DEPARTMENTS,
    )

    def look(self, rows: list[Row]) -> None:
        super().look(rows)
        self.by_code: dict[str, list[User]] = {}
        for person in self.people:
            self.by_code.setdefault(folded(person.code), []).append(person)

    def label(self, row: Row) -> str:
        return row["code"]

    def find(self, row: Row) -> User | None:
        alike = self.by_code.get(folded(row["code"]), [])
        if len(alike) > 1:
            raise CellFault(
                _("%(count)d people of this mission have this code. Give each their own first.") % {"count": len(alike)}
            )
        return alike[0] if alike else None

    def own(self, row: Row, known: User | None, faults: list[Fault]) -> dict[str, Any]:
        if known:
            return {}
        code = cell(faults, "code", lambda: fitting(row["code"], 40))
        # Nobody signs in with it; a part that can't be guessed keeps it apart from every other mission's.
        name = f"{folded(row['code']).replace(' ', '-')[:40]}.{self.mission.slug[:20]}.{new_secret()[:6]}".lower()
        return {"code": code, "username": name, "role": Role.MONITOR, "password": make_password(None)}

    def usual_scope(self, fields: dict[str, Any]) -> Scope | None:
        """All of it: a warning that is sent to one department must not pass by whoever may be there."""
        return Scope(True)


class DeskPeople(People):
    code = "desk"
    roles = (Role.COORDINATOR, Role.MISSION_ADMIN)
    columns = (
        Column(
            "username",
            ("user name", "usuario", "username", "nombre de usuario"),
            "ejemplo",
            gettext_lazy("With which they sign in. Letters, digits and @ . + - _"),
            required=True,
        ),
        Column("code", ("code", "código"), "C-000", gettext_lazy("Shown instead of a name. Empty: the user name.")),
        Column(
            "role", ("role", "rol", "función"), "coordinator", gettext_lazy("coordinator or admin. Empty: coordinator.")
        ),
        Column(
            "email",
            ("e-mail", "correo", "email", "correo electrónico"),
            "ejemplo@example.org",
            gettext_lazy("For alerts."),
        ),
        Column(
            "phone",
            ("phone", "teléfono", "celular", "móvil", "sms"),
            "+591 70000000",
            gettext_lazy("For alerts by SMS, with the country's code."),
        ),
        DEPARTMENTS,
        LANGUAGE,
        ORGANISATION,
    )

    def look(self, rows: list[Row]) -> None:
        super().look(rows)
        self.taken = _taken([row["username"] for row in rows])
        self.by_name = {person.username.casefold(): person for person in self.people}
        contacts = [person for person in self.people if person.role in self.roles]
        self.numbers = dict(
            User.objects.filter(pk__in=[person.pk for person in contacts], contacts__channel=Channel.SMS).values_list(
                "pk", "contacts__address"
            )
        )

    def label(self, row: Row) -> str:
        return row["username"]

    def key(self, row: Row) -> str:
        return row["username"].casefold()

    def find(self, row: Row) -> User | None:
        known = self.by_name.get(row["username"].casefold())
        if known is None and row["username"].lower() in self.taken:
            raise CellFault(_("This user name is taken. Choose another."))
        return known

    def own(self, row: Row, known: User | None, faults: list[Fault]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        stated = cell(faults, "role", lambda: one_of(row["role"], _ROLES)) if row["role"] else None
        if known is None:
            found["username"] = cell(faults, "username", lambda: _username(row["username"]))
            found["role"] = stated or Role.COORDINATOR
            found["password"] = make_password(None)
        elif stated and stated != known.role:
            message = _("This is a %(role)s. Roles are not changed from a sheet: see their page.")
            faults.append(Fault("role", message % {"role": known.get_role_display().lower()}))
        if row["code"] or known is None:
            found["code"] = cell(faults, "code", lambda: fitting(row["code"] or row["username"], 40))
        if row["email"]:
            found["email"] = cell(faults, "email", lambda: _email(row["email"]))
        if row["phone"]:
            found["number"] = cell(faults, "phone", lambda: _phone(row["phone"]), "")
        return found

    def usual_scope(self, fields: dict[str, Any]) -> Scope | None:
        return Scope(True) if fields.get("role") == Role.MISSION_ADMIN else None

    def _number(self, person: User | None) -> str:
        return str(self.numbers.get(person.pk, "")) if person else ""


def _taken(names: list[str]) -> set[str]:
    """Which of these user names exist anywhere, whatever their case."""
    lowered = User.objects.annotate(lowered=Lower("username"))
    found: set[str] = set()
    for start in range(0, len(names), STEP):
        asked = [name.lower() for name in names[start : start + STEP]]
        found.update(lowered.filter(lowered__in=asked).values_list("lowered", flat=True))
    return found


def _username(text: str) -> str:
    try:
        UnicodeUsernameValidator()(fitting(text, 80))
    except ValidationError as fault:
        raise CellFault(_("Letters, digits and @ . + - _ only, without spaces.")) from fault
    return text


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as fault:
        raise CellFault(_("This is no e-mail address.")) from fault
    return text


def _phone(text: str) -> str:
    try:
        return phone_number(text)
    except ValidationError as fault:
        raise CellFault(str(fault.messages[0])) from fault
