"""What the API's tests share: releases made through the product's own verbs, and ways to pull them."""

from incidents.actions.review import summarise, verify
from incidents.models import ApiKey, Grouping, Incident, Release
from incidents.roles import Role
from tests import make

ROOT = "/api/v1/"
ITEMS = "/api/v1/incidents"
GEOJSON = "/api/v1/incidents.geojson"
CSV = "/api/v1/incidents.csv"
EXPORTS = (ITEMS, GEOJSON, CSV)


def released(marisol, actor, *, summary="Voters were turned away.", **changes):
    """A triaged incident, confirmed and summarised: partners may see it."""
    incident = make.incident(marisol, **changes)
    if not Grouping.objects.filter(mission=incident.mission).exists():
        make.crowd(incident.mission)
    summarise(incident.pk, summary, actor=actor)
    return verify(incident.pk, "confirmed", actor=actor)


def release_of(incident):
    return Release.objects.get(incident=incident, audience="partner")


def body(response):
    """The whole text of an answer, streamed or not."""
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def partner(username, mission):
    """Another NGO and its key's secret."""
    user = make.person(username, Role.PARTNER, mission, email="")
    return ApiKey.issue(holder=user, mission=mission, is_granted=True)


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def public_id(incident):
    return str(release_of(Incident.objects.get(pk=incident.pk)).public_id)
