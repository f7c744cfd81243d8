"""The words of an alert: what kind of thing happened, how grave, and where to answer.

No names, no words of a report, no exact place.
"""

import unicodedata
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from incidents.cursor import cursor
from incidents.languages import at_desk
from incidents.models import Alarm, Channel, Contact, Delivery, Incident, LogbookEntry, Situation
from incidents.models.situation import Extent
from incidents.notifications import audience, links
from incidents.notifications.channels.base import Message
from incidents.roles import Role

# One SMS of the alphabet that every network knows.
SHORT = 160
# What the logbook holds is looked at on the desk's front page, but for these.
_LOOKED_AT: dict[str, tuple[str, str]] = {
    Delivery.Kind.EMERGENCY: ("admin:emergency", ""),
    Delivery.Kind.UNDELIVERED: ("admin:incidents_delivery_changelist", f"?kind={Delivery.Kind.RELEASES}"),
}
# Letters of ASCII that this alphabet lacks or writes as two.
WIDE = str.maketrans("[]{}~^|\\`", "()()-   '")


def compose(delivery: Delivery) -> Message:
    """The message of a delivery, in its recipient's language if the desk speaks it, as things stand now."""
    if delivery.is_test:
        return _trial(delivery)
    if delivery.kind == Delivery.Kind.RELEASES:
        return _of_releases(delivery)
    if delivery.entry is not None:
        return _of_logbook(delivery, delivery.entry)
    subject = delivery.subject
    about = "alarm" if isinstance(subject, Alarm) else "alert"
    address, keys = _address(delivery)
    answer = settings.SITE_URL + reverse("answer", args=[links.token(delivery.pk)])
    with translation.override(at_desk(delivery.recipient.language) or settings.LANGUAGE_CODE):
        context = {
            "delivery": delivery,
            about if about == "alarm" else "incident": subject,
            "mission": subject.mission,
            "extent": _extent(delivery),
            "link": settings.SITE_URL + _path(delivery),
            "answer": answer,
        }
        title = " ".join(render_to_string(f"messages/{about}_subject.txt", context).split())
        text = render_to_string(f"messages/{about}.txt", context)
    return Message(
        delivery=str(delivery.pk),
        message_id=f"<{delivery.pk}@{_domain()}>",
        address=address,
        subject=title,
        text=text.strip() + "\n",
        short=_short(title, answer),
        link=answer,
        urgent=audience.is_grave(subject, delivery.kind),
        facts=_facts(delivery),
        keys=keys,
    )


def _trial(delivery: Delivery) -> Message:
    """That this way works; of nothing that happened, and with nothing to answer."""
    is_partner = delivery.recipient.role == Role.PARTNER
    link = settings.SITE_URL + reverse("api:index" if is_partner else "admin:alerts")
    with translation.override(at_desk(delivery.recipient.language) or settings.LANGUAGE_CODE):
        title = translation.gettext("Test: your alerts arrive here")
        text = translation.gettext(
            "This is a test that was asked for at the desk. Nothing happened, and nothing is to be done."
        )
    return _plain(delivery, title, f"{text}\n\n{link}", link, urgent=False, facts=_shared_facts(delivery))


def _of_releases(delivery: Delivery) -> Message:
    """For a partner's program: that there is something new, up to which change, and where to ask for it."""
    behind = cursor("", delivery.after_change or 0)
    link = f"{settings.SITE_URL}{reverse('api:incidents')}?since={behind}"
    facts = {"kind": delivery.kind, "mission": delivery.of_mission.slug, "change": delivery.change}
    with translation.override(at_desk(delivery.recipient.language) or settings.LANGUAGE_CODE):
        title = translation.gettext("Releases have changed")
    return _plain(delivery, title, link, link, urgent=False, facts=facts)


def _of_logbook(delivery: Delivery, entry: LogbookEntry) -> Message:
    """What was done, and where to look; who did it and why stands at the desk only."""
    name, query = _LOOKED_AT.get(delivery.kind, ("admin:index", ""))
    link = settings.SITE_URL + reverse(name) + query
    with translation.override(at_desk(delivery.recipient.language) or settings.LANGUAGE_CODE):
        context = {"delivery": delivery, "entry": entry, "mission": delivery.of_mission, "link": link}
        title = " ".join(render_to_string("messages/logbook_subject.txt", context).split())
        text = render_to_string("messages/logbook.txt", context)
    facts = {**_shared_facts(delivery), "event": entry.event}
    return _plain(delivery, title, text, link, urgent=True, facts=facts)


def _plain(delivery: Delivery, title: str, text: str, link: str, *, urgent: bool, facts: dict[str, Any]) -> Message:
    """A message that asks for no answer."""
    address, keys = _address(delivery)
    return Message(
        delivery=str(delivery.pk),
        message_id=f"<{delivery.pk}@{_domain()}>",
        address=address,
        subject=title,
        text=text.strip() + "\n",
        short=_short(title, link),
        link=link,
        urgent=urgent,
        facts=facts,
        keys=keys,
    )


def _address(delivery: Delivery) -> tuple[str, dict[str, Any]]:
    """Where it goes, looked up when it is sent; empty where there is no such address any more."""
    if delivery.channel == Channel.EMAIL:
        return delivery.recipient.email, {}
    found = Contact.objects.usable().filter(user=delivery.recipient_id, channel=delivery.channel).first()
    return (found.address, found.keys) if found else ("", {})


def _extent(delivery: Delivery) -> Extent | None:
    """How large the situation is to the reader, where the message tells of one."""
    if delivery.incident is None or delivery.kind not in Delivery.OF_SITUATIONS:
        return None
    incident = delivery.incident.stands_in
    seen = Situation.objects.filter(parts__incident=incident).seen_by(delivery.recipient)
    return next(iter(seen.values()), None)


def _short(title: str, link: str) -> str:
    """The title without accents, cut so that the link fits: one accent would halve what an SMS holds."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", title) if not unicodedata.combining(letter))
    plain = plain.replace("·", "-").encode("ascii", "ignore").decode().translate(WIDE)
    return f"{plain[: max(0, SHORT - len(link) - 1)].rstrip()} {link}"


def _facts(delivery: Delivery) -> dict[str, Any]:
    """Codes for programs: what a message says, and no more."""
    subject = delivery.subject
    department = subject.department
    facts = {**_shared_facts(delivery), "department": department.code if department else None}
    if isinstance(subject, Incident):
        facts |= {
            "incident": str(subject.pk),
            "severity": subject.severity or None,
            "category": subject.category,
            "in_danger_now": subject.in_danger_now,
        }
    else:
        facts |= {"alarm": str(subject.pk)}
    return facts


def _shared_facts(delivery: Delivery) -> dict[str, Any]:
    return {
        "kind": delivery.kind,
        "mission": delivery.of_mission.slug,
        "queued_at": delivery.queued_at.isoformat(),
        "possible_duplicate": delivery.possible_duplicate,
        "demonstration": delivery.of_mission.is_demonstration,
    }


def _path(delivery: Delivery) -> str:
    """Where to look: the incident, the alarm, or the list of what a rise counts or a flood has brought."""
    if delivery.incident_id is None:
        return reverse("admin:incidents_alarm_change", args=[delivery.alarm_id])
    listed = reverse("admin:incidents_incident_changelist")
    if delivery.kind == Delivery.Kind.SURGE and (surge := audience.surge_of(delivery)):
        return f"{listed}?status=all&surge={surge.pk}"
    if delivery.kind == Delivery.Kind.FLOOD:
        return f"{listed}?status=held"
    return reverse("admin:incidents_incident_change", args=[delivery.incident_id])


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
