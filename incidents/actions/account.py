"""What the logbook keeps of an account: signed in and out, refused, locked, another password; and ending its sessions.

Where somebody came from is kept as a keyed mark: it says whether two lines came from one address, and not which.
"""

from datetime import timedelta

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from incidents.actions.record import log
from incidents.models import LogbookEntry, User

# A stranger can fail as often as they like; the logbook is kept for ever.
REFUSED_EVERY = timedelta(minutes=1)


def signed_in(person: User, *, mark: str, by: str) -> None:
    """`by` is what was shown at last: app, recovery_code, set_up or password (nothing more: a demonstration)."""
    log(person.latest_mission, "account.signed_in", actor=person, address=mark, by=by)


def signed_out(person: User, *, why: str) -> None:
    """`why` is asked, idle or longest."""
    log(person.latest_mission, "account.signed_out", actor=person, why=why)


def refused(person: User | None, *, mark: str, at: str) -> None:
    """A wrong password or code; at most one line a minute for each account, and for all that don't exist together."""
    _fail("account.refused", person, address=mark, at=at)


def locked(person: User | None, *, mark: str) -> None:
    _fail("account.locked", person, address=mark)


def _fail(event: str, person: User | None, **detail: str) -> None:
    lately = LogbookEntry.objects.filter(event=event, actor=person, at__gt=timezone.now() - REFUSED_EVERY)
    if not lately.exists():
        log(person.latest_mission if person else None, event, actor=person, **detail)


def password_changed(person: User, *, actor: User) -> None:
    log(person.latest_mission, "password.changed", actor=actor, of=person.code)


def end_sessions(people: "QuerySet[User]") -> None:
    """Sign these people out wherever they are, from the next request on."""
    User.objects.filter(pk__in=people.values("pk")).update(session_epoch=F("session_epoch") + 1)


class _Links(PasswordResetTokenGenerator):
    """Good once, for three days: another password, a sign-in or the end of all sessions closes it."""

    key_salt = "incidents.choose_password"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)} {user.session_epoch}"


_links = _Links()


@transaction.atomic
def invite_to_choose(person: User, *, actor: User) -> str:
    """The secret of a one-time link by which somebody chooses their password. Nothing is stored of it."""
    log(person.latest_mission, "password.link_issued", actor=actor, of=person.code)
    return f"{person.pk}-{_links.make_token(person)}"


def invited(secret: str) -> User | None:
    """Whose password the link may set now; None for any that is used, late or made up."""
    number, _dash, token = secret.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 18):
        return None
    person = User.objects.filter(pk=int(number), is_active=True).first()
    return person if person and _links.check_token(person, token) else None


@transaction.atomic
def choose_password(person: User, password: str) -> None:
    """Set it; sessions that are open end, for they were opened with another one."""
    person.set_password(password)
    person.save(update_fields=("password",))
    password_changed(person, actor=person)
