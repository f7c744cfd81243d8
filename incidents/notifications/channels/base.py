"""What every channel is: something that delivers one short message or says why it could not."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """Text for one recipient. Holds no name and no words of a report; `message_id` is the same at every attempt."""

    message_id: str
    address: str
    subject: str
    text: str


class ChannelFault(Exception):
    """The message was not accepted. `permanent` means that trying again is useless; str() is for a coordinator."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Channel(Protocol):
    def send(self, message: Message) -> None:
        """Hand the message over; raises ChannelFault."""
