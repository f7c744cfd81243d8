"""Nothing that anybody typed becomes script: every text of every table, on every page, in a real browser."""

import pytest
from django.apps import apps
from django.db import models
from django.db.models import QuerySet

from incidents.models import Report, User
from tests import make
from tests.admin.window import chromium
from tests.injections import strings
from tests.test_access import address, table
from tests.world import populate

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 500
# Made by the product or taken from a list, never typed: with nonsense in these it could not work at all.
MADE = {
    "password", "slug", "time_zone", "language", "languages", "state", "method", "event", "channel", "channels", "kind",
    "level", "roles", "key_hash", "token_hash", "prefix", "mark", "agreement", "geometry", "body", "media_type", "name",
    "preview_type", "fingerprint", "severity_reasons", "categories", "victims", "harms", "properties", "feature",
    "keys", "reasons", "moved", "changed",
}  # fmt: skip
CODES = {"code", "certainty", "identified_by"}


def texts():
    """(model, field) of every column that may hold what somebody typed; a new one is in it until it stands in MADE."""
    for model in apps.get_app_config("incidents").get_models():
        for field in model._meta.concrete_fields:
            typed = isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices
            made = field.primary_key or field.generated or field.name.endswith("sha256") or field.name in MADE
            if typed and not made:
                yield model, field


def put_everywhere(found):
    """Where there is room a row's text becomes all of them, else those that fit, other ones in each row."""
    first = 0
    for model, field in texts():
        for row in QuerySet(model).order_by("pk").values("pk", field.attname):
            chosen = found if field.max_length is None else fitting(found[first:] + found[:first], field.max_length)
            first = (first + len(chosen)) % len(found)
            value = put_into(row[field.attname], "\n".join(chosen))
            QuerySet(model).filter(pk=row["pk"]).update(**{field.attname: value})


def fitting(found, room):
    """As many as fit, and at least the first, cut."""
    chosen = [found[0][:room]]
    for text in found[1:]:
        if len("\n".join([*chosen, text])) > room:
            break
        chosen.append(text)
    return chosen


def put_into(value, text):
    """The text itself, or a structure with the text at every leaf that is one."""
    if isinstance(value, dict):
        return {key: part if key in CODES else put_into(part, text) for key, part in value.items()}
    if isinstance(value, list):
        return [put_into(part, text) for part in value]
    return text if isinstance(value, str) else value


def test_no_text_that_was_typed_runs_on_any_page(settings, tmp_path, live_server, monkeypatch):
    settings.TILES_DIR = tmp_path / "tiles"
    clients, ids = populate()
    make.question(Report.objects.get(), User.objects.get(username="ana"))
    put_everywhere(strings()[:COUNT])
    ran = []
    with chromium(monkeypatch) as browser:
        for role in ("admin", "monitor"):
            page = watched(browser, live_server.url, clients[role].cookies, ran)
            for route in pages_of(role):
                look_at(page, live_server.url + address(route, ids), ran)
    assert ran == []


def pages_of(role):
    return sorted(route for (method, route), gets in table().items() if method == "GET" and gets[role] == "200")


def watched(browser, url, cookies, ran):
    """A signed-in page; what runs in it, is refused by its policy, or becomes an element is added to `ran`."""
    context = browser.new_context(locale="en")
    context.add_cookies([{"name": name, "value": each.value, "url": url} for name, each in cookies.items()])
    page = context.new_page()
    page.expose_function("ran", lambda: ran.append(page.url))
    page.on("dialog", lambda dialog: (ran.append(f"dialog {page.url}"), dialog.dismiss()))
    page.on("console", lambda said: ran.append(said.text) if "Content Security Policy" in said.text else None)
    return page


def look_at(page, there, ran):
    answer = page.context.request.get(there, max_redirects=5)
    if "text/html" not in answer.headers.get("content-type", ""):
        return
    page.goto(there, wait_until="load")
    ran += [f"{there}: {found}" for found in page.evaluate(ELEMENTS)]


ELEMENTS = """() => [...document.querySelectorAll("[x-ran]"), ...document.querySelectorAll("*")]
    .filter((one) => one.hasAttribute("x-ran") || [...one.attributes].some(({name}) => name.startsWith("on")))
    .map((one) => one.outerHTML.slice(0, 80))"""
