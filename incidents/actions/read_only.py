"""While a mission is read-only its desk changes nothing; reports are taken, triaged and told of all the same.

Every step on an incident is written into its timeline, and what a person writes there is refused here: no verb has to
think of it. What belongs to no one incident asks `check_open` itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import gettext as _

from incidents.models import Incident, Mission, User
from incidents.roles import Action
from incidents.workflow import MoveNotAllowed

# Looking is no change, and stays written down.
LOOKED = frozenset({"bundle.made", "evidence.downloaded", "identity.read"})
_by_link: ContextVar[bool] = ContextVar("by_link", default=False)


class MissionIsReadOnly(MoveNotAllowed):
    """The step is refused, whoever asks for it."""

    def __init__(self) -> None:
        super().__init__(_("This mission is read-only: nothing can be changed at the desk until it is re-opened."))


def check_open(mission: Mission | None) -> None:
    """Raises MissionIsReadOnly."""
    if mission is not None and mission.is_read_only and not _by_link.get():
        raise MissionIsReadOnly


def check_step(incident: Incident, event: str, actor: User | None) -> None:
    """The same for a line of the timeline: the machine and the monitors go on. Raises MissionIsReadOnly."""
    if actor is not None and event not in LOOKED and actor.may(Action.ENTER_DESK):
        check_open(incident.mission)


@contextmanager
def answering_by_link() -> Iterator[None]:
    """Alerts go out while a mission is read-only, so whoever was sent one may say that they have it."""
    token = _by_link.set(True)
    try:
        yield
    finally:
        _by_link.reset(token)
