"""The pages of keys as a browser shows them: on a phone and at a desk, light and dark, for everybody to use."""

import pytest
from django.urls import reverse

from incidents.actions.grant import make as make_key
from incidents.models import ApiKey, Pull, SavedExport
from tests.admin.window import chromium, judge, opened

pytestmark = pytest.mark.django_db(transaction=True)


def scene(bolivia, tariq, sofia):
    """One key of each kind, pulls, a saved address; gives the addresses of the pages."""
    waiting, _secret = make_key(tariq, bolivia, actor=sofia)
    make_key(tariq, bolivia, actor=sofia, departments=["BO-L", "BO-S"])
    SavedExport.objects.create(mission=bolivia, slug="weekly", query="category=shooting&department=BO-L")
    used = ApiKey.objects.filter(made_by=None).get()
    there = [
        ("/api/v1/incidents?" + "updated_since=2020-10-18T14:30:00Z&category=arrest_detention", 200),
        ("/api/v1/incidents.csv?colour=red", 400),
    ]
    Pull.objects.bulk_create(Pull(key=used, address=to, status=how, bytes=81_234) for to, how in there * 30)
    return {
        "list": reverse("admin:incidents_apikey_changelist"),
        "add": reverse("admin:incidents_apikey_add"),
        "used": reverse("admin:incidents_apikey_change", args=[used.pk]),
        "waiting": reverse("admin:incidents_apikey_change", args=[waiting.pk]),
        "address": reverse("admin:incidents_savedexport_change", args=[SavedExport.objects.get().pk]),
        "partner": reverse("admin:incidents_user_alerts", args=[tariq.pk]),
    }


def test_the_pages_of_keys_are_for_everybody(live_server, as_sofia, sofia, bolivia, departments, tariq, monkeypatch):
    pages = scene(bolivia, tariq, sofia)
    found = {}
    with chromium(monkeypatch) as browser:
        for width, scheme in ((360, "light"), (1280, "dark")):
            size = {"width": width, "height": 800}
            window = opened(browser, live_server, as_sofia, viewport=size, color_scheme=scheme)
            shown = pages if width == 360 else {name: pages[name] for name in ("list", "used")}
            for name, there in shown.items():
                window.goto(live_server.url + there)
                found[name, width] = [*window.faults, *judge(window)]
                window.faults.clear()  # what axe adds to look at a form, the policy refuses
    assert {where: faults for where, faults in found.items() if faults} == {}
