"""The OpenAPI document and its page: complete, valid, open to all and without data; and the guide beside it."""

import re
from pathlib import Path

from django.core.management import call_command
from django.utils import translation

from incidents.api import columns, meanings, saved, views
from incidents.api.document import document
from tests.api.cast import ROOT, released

DOCUMENT, PAGE = f"{ROOT}openapi.json", f"{ROOT}docs"
GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "export.md").read_text()


def test_the_document_is_valid_and_made_without_a_warning(capsys):
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json")
    assert '"openapi": "3.0.3"' in capsys.readouterr().out


def test_the_document_is_given_to_anybody_and_holds_no_data(client, marisol, ana, bolivia):
    released(marisol, ana, summary="zanahoria")
    answer = client.get(DOCUMENT)
    assert (answer.status_code, answer["Content-Type"], answer.cookies) == (200, "application/json", {})
    assert "zanahoria" not in answer.content.decode()
    assert client.get(DOCUMENT, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.post(DOCUMENT).status_code == 405
    assert client.get(DOCUMENT, headers={"Accept-Language": "es"}).content == answer.content


def test_every_export_is_told_with_the_parameters_that_it_accepts():
    told = {path: operation["get"] for path, operation in document()["paths"].items()}
    exports = [*views.Index.exports.values(), *saved.FORMS.values()]
    for view in exports:
        names = [one["name"] for one in _operation_of(view, told)["parameters"] if one["in"] == "query"]
        assert tuple(names) == view.parameters
    assert len(told) == len(exports) + 1


def _operation_of(view, told):
    summaries = {operation["summary"]: operation for operation in told.values()}
    return next(operation for summary, operation in summaries.items() if view.__doc__.startswith(summary))


def test_every_column_has_a_meaning_there_and_in_the_guide():
    assert list(meanings.COLUMNS) == list(columns.HXL)
    assert list(meanings.ACLED) == list(columns.ACLED)
    names, tags = re.findall(r"`(\w+)`", GUIDE), re.findall(r"`(#[\w+]+)`", GUIDE)
    assert set(columns.HXL) | set(columns.ACLED) <= set(names)
    assert set(columns.HXL.values()) <= set(tags)
    parameters = {name for view in views.Index.exports.values() for name in view.parameters}
    assert parameters <= set(names)


def test_the_page_is_framed_in_the_readers_language_and_says_that_the_rest_is_english(client, db):
    answer = client.get(PAGE, headers={"Accept-Language": "es-BO"})
    page = answer.content.decode()
    assert '<html lang="es"' in page
    assert "Accept-Language" in answer["Vary"]
    with translation.override("es"):
        framed = [str(translation.gettext(one)) for one in ("Base address", "whole number", "Columns")]
        framed.append(str(translation.gettext("The reference itself is in English.")))
    assert [words for words in framed if words not in page] == []
    assert framed[0] == "Dirección base"


def test_the_page_tells_every_address_and_asks_nothing_of_anybody(client, db):
    answer = client.get(PAGE)
    page = answer.content.decode()
    assert all(f"<code>{path}</code>" in page for path in document()["paths"])
    assert not answer.cookies
    assert not re.search(r"style=|onclick|<script(?![^>]*src=)|https?://(?!testserver|observer\.example)", page)
