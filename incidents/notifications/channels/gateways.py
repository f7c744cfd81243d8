"""How SMS gateways are spoken with: any that takes one HTTP request, and the shapes and error codes of two providers.

Codes after https://www.twilio.com/docs/api/errors and https://developer.vonage.com/messaging/sms/guides/troubleshooting-sms.
What a provider writes beside a code may hold the number, so only the code and our own words for it are kept.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, quote_plus, urlencode

from urllib3.util import make_headers

from incidents.notifications.channels.base import Accepted, ChannelFault
from incidents.notifications.channels.http import Answer, Request, judge

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
_PLACEHOLDER = re.compile(r"\{(to|text|from|id|callback)\}")


@dataclass(frozen=True)
class Sms:
    """`to` as +591…; `callback` is where its receipt may be sent."""

    to: str
    text: str
    sender: str
    id: str
    callback: str


@dataclass(frozen=True)
class Receipt:
    """What became of a message: delivered, or why not; `permanent` where sending again is useless."""

    is_delivered: bool
    reason: str = ""
    permanent: bool = False
    reference: str = ""


class Gateway(Protocol):
    def request(self, sms: Sms, settings: Mapping[str, Any]) -> Request:
        """The request that hands a message over."""

    def accepted(self, answer: Answer) -> Accepted:
        """What the answer says; raises ChannelFault."""

    def receipt(self, told: Mapping[str, str]) -> Receipt | None:
        """What a receipt says; None for what is not final."""


class AnyGateway:
    """The request as the settings write it: {to}, {text}, {from}, {id} and {callback} are filled in, and quoted."""

    def request(self, sms: Sms, settings: Mapping[str, Any]) -> Request:
        template = settings["body"]
        is_json = bool(_json(template))
        body = _filled(template, sms, _within_json if is_json else quote_plus)
        headers = {"Content-Type": JSON if is_json else FORM} if body else {}
        if settings["user"]:
            headers |= make_headers(basic_auth=f"{settings['user']}:{settings['password']}")
        url = _filled(settings["url"], sms, lambda value: quote(value, safe=""))
        return Request(url, body.encode(), settings["method"], {**headers, **settings["headers"]}, trusted=True)

    def accepted(self, answer: Answer) -> Accepted:
        judge(answer, gone=())
        return Accepted()

    def receipt(self, told: Mapping[str, str]) -> Receipt | None:
        status = told.get("status", "").lower()
        if status in ("delivered", "read"):
            return Receipt(is_delivered=True)
        return Receipt(is_delivered=False, reason=f"the gateway says {status}") if status in FAILED else None


FAILED = ("failed", "undelivered", "undeliverable", "rejected", "expired", "canceled")


class Twilio:
    """Messages resource, form-encoded, basic auth by account SID and auth token."""

    URL = "https://api.twilio.com/2010-04-01/Accounts/{user}/Messages.json"
    GONE = {"21211": "not a valid number", "21610": "unsubscribed", "21614": "not a mobile number"}
    PASSING = {"14107": "too many at once", "20429": "too many at once", "21611": "their queue is full"}
    UNDELIVERABLE = {
        "30002": "account suspended",
        "30004": "blocked",
        "30005": "unknown number",
        "30006": "landline or unreachable carrier",
        "30007": "filtered by the carrier",
        "30034": "sender not registered",
    }

    def request(self, sms: Sms, settings: Mapping[str, Any]) -> Request:
        url = settings["url"] or self.URL.replace("{user}", quote(settings["user"], safe=""))
        # A messaging service is named in another field than a number.
        sender = "MessagingServiceSid" if sms.sender.startswith("MG") else "From"
        fields = {"To": sms.to, sender: sms.sender, "Body": sms.text, **_public("StatusCallback", sms)}
        headers = make_headers(basic_auth=f"{settings['user']}:{settings['password']}")
        return _form(url, fields, {**headers, **settings["headers"]})

    def accepted(self, answer: Answer) -> Accepted:
        said = _json(answer.body)
        code = _plain(said.get("code", ""))
        if answer.status >= 400 and code in self.GONE:
            raise ChannelFault(f"refused by Twilio: {self.GONE[code]} ({code})", gone=True)
        if answer.status >= 400 and code in self.PASSING:
            raise ChannelFault(f"put off by Twilio: {self.PASSING[code]} ({code})")
        if answer.status >= 400 and code.isdecimal():
            raise ChannelFault(f"refused by Twilio ({code[:8]})", permanent=_is_refusal(answer))
        judge(answer, gone=())
        return Accepted(reference=_plain(said.get("sid", "")))

    def receipt(self, told: Mapping[str, str]) -> Receipt | None:
        status, sid = told.get("MessageStatus", ""), told.get("MessageSid", "")
        if status in ("delivered", "read"):
            return Receipt(is_delivered=True, reference=sid)
        if status not in FAILED:
            return None
        code = told.get("ErrorCode", "")[:8]
        known = {**self.UNDELIVERABLE, **self.GONE}
        reason = f"Twilio says {status}: {known.get(code, 'no reason known')} ({code})"
        return Receipt(is_delivered=False, reason=reason, permanent=code in known, reference=sid)


class Vonage:
    """SMS API, form-encoded, key and secret in the form; says 200 whatever has happened, and a status in the body."""

    URL = "https://rest.nexmo.com/sms/json"
    GONE = {"7": "number barred", "33": "number deactivated"}
    PASSING = {"1": "too many at once", "5": "their fault", "10": "too many connections"}
    REFUSED = {
        "2": "a parameter is missing",
        "3": "a parameter is not valid",
        "4": "wrong key or secret",
        "6": "unknown kind of number",
        "8": "account barred",
        "9": "no credit",
        "11": "account not enabled",
        "12": "too long",
        "14": "wrong signature",
        "15": "sender not allowed",
        "22": "wrong network",
        "23": "wrong callback",
        "29": "number not on the list of this account",
    }
    UNDELIVERABLE = {
        "3": "subscriber gone",
        "4": "barred by the subscriber",
        "6": "taken for spam",
        "9": "no such number",
        "10": "not allowed",
        "11": "no way to it",
        "13": "age restriction",
        "14": "blocked by the carrier",
    }

    def request(self, sms: Sms, settings: Mapping[str, Any]) -> Request:
        keys = {"api_key": settings["user"], "api_secret": settings["password"]}
        message = {"to": sms.to.lstrip("+"), "from": sms.sender, "text": sms.text, "client-ref": sms.id}
        return _form(
            settings["url"] or self.URL, {**keys, **message, **_public("callback", sms)}, dict(settings["headers"])
        )

    def accepted(self, answer: Answer) -> Accepted:
        judge(answer, gone=())
        messages = _json(answer.body).get("messages")
        first = messages[0] if isinstance(messages, list) and messages else None
        if not isinstance(first, dict) or "status" not in first:
            raise ChannelFault("Vonage's answer is not understood")
        code = _plain(first["status"])
        if code in self.GONE:
            raise ChannelFault(f"refused by Vonage: {self.GONE[code]} ({code})", gone=True)
        if code in self.REFUSED:
            raise ChannelFault(f"refused by Vonage: {self.REFUSED[code]} ({code})", permanent=True)
        if code != "0":
            raise ChannelFault(f"put off by Vonage: {self.PASSING.get(code, 'no reason known')} ({code[:8]})")
        return Accepted(reference=_plain(first.get("message-id", "")))

    def receipt(self, told: Mapping[str, str]) -> Receipt | None:
        status, name = told.get("status", ""), told.get("messageId", "")
        if status == "delivered":
            return Receipt(is_delivered=True, reference=name)
        if status not in FAILED:
            return None
        code = told.get("err-code", "")[:8]
        reason = f"Vonage says {status}: {self.UNDELIVERABLE.get(code, 'no reason known')} ({code})"
        return Receipt(is_delivered=False, reason=reason, permanent=code in self.UNDELIVERABLE, reference=name)


GATEWAYS: dict[str, Gateway] = {"": AnyGateway(), "twilio": Twilio(), "vonage": Vonage()}


def _filled(template: str, sms: Sms, quoted: Callable[[str], str]) -> str:
    values = {"to": sms.to, "text": sms.text, "from": sms.sender, "id": sms.id, "callback": sms.callback}
    return _PLACEHOLDER.sub(lambda found: quoted(values[found[1]]), template)


def _within_json(value: str) -> str:
    return json.dumps(value)[1:-1]


def _json(text: str | bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _plain(value: object) -> str:
    """A code or a name as text; nothing where it is none that any database holds."""
    text = str(value)
    return text if text.isascii() and text.isprintable() else ""


def _form(url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Request:
    return Request(url, urlencode(fields).encode(), headers={"Content-Type": FORM, **headers}, trusted=True)


def _public(name: str, sms: Sms) -> dict[str, str]:
    """Providers refuse a message whose receipt they could not deliver."""
    return {name: sms.callback} if sms.callback.startswith("https://") else {}


def _is_refusal(answer: Answer) -> bool:
    try:
        judge(answer)
    except ChannelFault as fault:
        return fault.permanent
    return False
