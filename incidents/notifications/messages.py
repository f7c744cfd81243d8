"""The words of an alert: what kind of thing happened, how grave, and a link.

No names, no words of a report, no exact place.
"""

from email.utils import parseaddr

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from incidents.languages import at_desk
from incidents.models import Delivery
from incidents.notifications import audience
from incidents.notifications.channels.base import Message


def compose(delivery: Delivery) -> Message:
    """The message of a delivery, in its recipient's language if the desk speaks it, as things stand now."""
    incident = delivery.incident
    with translation.override(at_desk(delivery.recipient.language) or settings.LANGUAGE_CODE):
        context = {
            "delivery": delivery,
            "incident": incident,
            "mission": incident.mission,
            "link": settings.SITE_URL + _path(delivery),
        }
        subject = render_to_string("messages/alert_subject.txt", context)
        text = render_to_string("messages/alert.txt", context)
    return Message(
        message_id=f"<{delivery.pk}@{_domain()}>",
        address=delivery.recipient.email,
        subject=" ".join(subject.split()),
        text=text.strip() + "\n",
    )


def _path(delivery: Delivery) -> str:
    """Where to look: the incident, or the list of what a rise counts or a flood has brought."""
    listed = reverse("admin:incidents_incident_changelist")
    if delivery.kind == Delivery.Kind.SURGE and (surge := audience.surge_of(delivery)):
        return f"{listed}?status=all&surge={surge.pk}"
    if delivery.kind == Delivery.Kind.FLOOD:
        return f"{listed}?status=held"
    return reverse("admin:incidents_incident_change", args=[delivery.incident_id])


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
