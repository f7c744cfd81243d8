"""What every channel is: something that delivers one short message or says why it could not."""

from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Message:
    """For one recipient, over any channel. Holds no name and no words of a report.

    `delivery` and `message_id` are the same at every attempt. `short` fits one SMS. `facts` are codes for programs.
    `keys` belong to the address: a webhook's secret, a browser's keys.
    """

    delivery: str
    message_id: str
    address: str
    subject: str
    text: str
    short: str
    link: str
    urgent: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Accepted:
    """The other side has taken it. `delivered` says that it is with its reader; `reference` is their name for it."""

    delivered: bool = False
    reference: str = ""


class ChannelFault(Exception):
    """The message was not accepted. `permanent` means that trying again is useless; `gone` that the address is no more.

    `unknown` means that it may have been accepted all the same: the line broke before the answer came. str() is for a
    coordinator.
    """

    def __init__(self, reason: str, *, permanent: bool = False, gone: bool = False, unknown: bool = False) -> None:
        super().__init__(reason)
        self.permanent, self.gone, self.unknown = permanent or gone, gone, unknown


class Channel(Protocol):
    def send(self, message: Message) -> Accepted:
        """Hand the message over; raises ChannelFault."""
