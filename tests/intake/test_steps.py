"""One question a page, for browsers without scripts: nothing is lost on the way, and it ends in the same report."""

import html
import re
import uuid

import pytest
from django.db import OperationalError
from django.test import Client

from incidents.intake import filing, step_pages
from incidents.intake.steps import STEPS
from incidents.models import Report
from tests import make
from tests.intake.conftest import FORM
from tests.intake.test_pages import FIRST_PAGE_BYTES, static, weight

ADDRESS = "/report/steps/"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def carried(answer):
    """What the page sends along by itself, as a browser would: its hidden fields."""
    fields = {}
    for name, value in HIDDEN.findall(answer.text):
        fields.setdefault(name, []).append(html.unescape(value))
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def press(phone, page, go="next", **answers):
    return phone.post(ADDRESS, {**carried(page), **answers, "go": go})


def title(page):
    return html.unescape(re.search(r"<h1[^>]*>(?:<label[^>]*>)?(.*?)<", page.text)[1])


def walk(phone, page, *answers):
    for given in answers:
        page = press(phone, page, **given)
        assert page.status_code == 200, title(page)
    return page


@pytest.fixture
def start(phone):
    return phone.get(ADDRESS)


@pytest.fixture
def checked(phone, start, bolivia):
    """The page with all answers, everything answered."""
    make.place(bolivia)
    return walk(
        phone,
        start,
        {},
        {"categories": ["arrest_detention", "physical_assault"]},
        {"perpetrators": ["police"]},
        {"certainty": "likely", "identification": "uniform", "perpetrator_detail": "UTOP <2345>"},
        {"victims": ["journalist"], "victim_count": "2"},
        {"harms": ["detained"]},
        {"timing": "happened", "occurred_at": "2020-10-18T14:30"},
        {"location_source": "area", "place": "sopocachi"},
        {"source_relation": "victim"},
        {"words": "They said “go”.\nWe went."},
        {"consent": "partners"},
    )


def test_the_whole_way_ends_in_the_report_that_was_told(phone, checked, marisol):
    assert title(checked) == "Check your answers"
    answer = press(phone, checked, "send")
    stored = Report.objects.get()
    assert answer["Location"] == f"/report/{stored.pk}/"
    assert (stored.reporter, stored.channel, stored.categories) == (
        marisol,
        "web",
        ["arrest_detention", "physical_assault"],
    )
    assert stored.perpetrators == [
        {"code": "police", "certainty": "likely", "identification": "uniform", "detail": "UTOP <2345>"}
    ]
    assert (stored.victims, stored.harms) == ([{"code": "journalist", "count": 2}], ["detained"])
    assert (stored.place.code, stored.source_relation, stored.consent) == ("sopocachi", "victim", "partners")
    assert stored.words.split() == ["They", "said", "“go”.", "We", "went."]


def test_all_answers_are_shown_before_they_are_sent(checked):
    for said in ("Arrest or detention", "Police", "Likely", "UTOP &lt;2345&gt;", "18 Oct 2020, 14:30", "Sopocachi"):
        assert f"<bdi>{said}</bdi>" in checked.text
    assert checked.text.count('name="go" value="change-') == len(STEPS)


def test_nothing_is_kept_anywhere_before_it_is_sent(phone, checked):
    assert not Report.objects.exists()
    assert "sessionid" not in phone.cookies
    assert "no-store" in checked["Cache-Control"]


def test_danger_alone_is_sent_from_the_first_page(phone, start, bells):
    answer = press(phone, start, "send", in_danger_now="on")
    stored = Report.objects.get()
    assert answer["Location"] == f"/report/{stored.pk}/"
    assert stored.in_danger_now
    assert bells == [("incidents.tasks.assess_report", str(stored.assessment.pk))]


def test_danger_can_be_sent_from_every_page_whatever_is_wrong_there(phone, start):
    page = walk(phone, start, {"in_danger_now": "on"}, {}, {})
    assert title(page) == "To whom?"
    assert 'value="send"' in page.text
    press(phone, page, "send", victim_count="many")
    assert '"set_aside": {"victim_count": "many"}' in Report.objects.get().body


def test_the_return_key_on_the_first_page_sends_nothing(phone, start):
    assert title(press(phone, start, "send")) == "What happened?"
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("answers", "fault", "anchor"),
    [
        ([{}, {}], "Choose what happened.", "categories-verbal_threat"),
        ([{}, {"categories": "other"}, {}, {"victim_count": "many"}], "Enter a whole number.", "victim_count"),
        ([{}, {"categories": "other"}, {}, {}, {}, {"occurred_at": "soon"}], "Enter a date and a time", "occurred_at"),
    ],
)
def test_a_fault_is_said_on_its_own_page_and_focused(phone, start, answers, fault, anchor):
    page = press(phone, walk(phone, start, *answers[:-1]), **answers[-1])
    assert page.status_code == 422
    assert fault in page.text
    assert f'<li><a href="#{anchor}">' in page.text
    assert f'id="{anchor}"' in page.text
    assert page.text.count('class="error"') == 1
    assert re.search(r'class="summary" role="alert" tabindex="-1" autofocus', page.text)


def test_a_page_that_was_not_answered_yet_shows_no_fault(phone, start):
    assert 'class="error"' not in press(phone, start).text


def test_back_keeps_what_was_answered_here_and_before(phone, start):
    page = walk(phone, start, {}, {"categories": "killing"}, {"perpetrators": "police"})
    page = press(phone, page, "back", perpetrator_detail="UTOP")
    assert title(page) == "Who did it?"
    assert 'id="perpetrators-police" checked' in page.text
    assert carried(page)["perpetrator_detail"] == ["UTOP"]
    assert 'id="categories-killing" checked' in press(phone, page, "back", perpetrators="police").text


def test_how_sure_is_asked_only_of_whom_was_named(phone, start):
    assert title(walk(phone, start, {}, {"categories": "other"}, {})) == "To whom?"
    assert title(walk(phone, start, {}, {"categories": "other"}, {"perpetrators": "crowd"})).startswith("How sure")


@pytest.mark.parametrize("go", ["next", "back", "check"])
def test_a_changed_answer_leads_back_to_all_answers(phone, checked, go):
    page = press(phone, checked, "change-harm")
    assert 'id="harms-detained" checked' in page.text
    page = press(phone, page, go, harms=["injured"])
    assert title(page) == "Check your answers"
    assert carried(page)["harms"] == ["injured"]


def test_a_changed_answer_must_be_right_too(phone, checked):
    page = press(phone, press(phone, checked, "change-whom"), victim_count="many")
    assert (page.status_code, title(page)) == (422, "To whom?")
    assert title(press(phone, page, victim_count="3")) == "Check your answers"


def test_what_is_missing_is_asked_before_the_end(phone, start):
    page = press(phone, start, "check")
    assert (page.status_code, title(page)) == (422, "What happened?")
    page = phone.post(ADDRESS, {"step": "check", "go": "send", "words": "Kept."})
    assert (page.status_code, title(page), carried(page)["words"]) == (422, "What happened?", ["Kept."])
    assert not Report.objects.exists()


def test_a_second_tap_is_the_same_report(phone, checked):
    first, second = press(phone, checked, "send"), press(phone, checked, "send")
    assert first["Location"] == second["Location"] == f"/report/{carried(checked)['report_id'][0]}/"
    assert not Report.objects.get().revisions.exists()


def test_photos_go_along_and_a_lost_one_does_not_take_the_report_with_it(phone, checked, jpeg):
    answer = press(phone, checked, "send", photo=[jpeg])
    assert Report.objects.get().evidence.count() == 1
    assert "1 file received" in phone.get(answer["Location"]).text


@pytest.mark.parametrize(("message", "status"), [("database or disk is full", 507), ("server closed", 503)])
def test_a_store_that_refuses_gives_all_answers_back(phone, checked, jpeg, monkeypatch, message, status):
    with monkeypatch.context() as broken:
        broken.setattr(filing, "submit", refusing(OperationalError(message)))
        page = press(phone, checked, "send", photo=jpeg)
    assert (page.status_code, title(page)) == (status, "Check your answers")
    assert "Not sent" in page.text
    assert "Choose the photo again" in page.text
    assert press(phone, page, "send").status_code == 302
    assert Report.objects.get().words.startswith("They said")


def test_a_database_that_is_gone_costs_no_answer(phone, checked, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(step_pages, "phone_of", refusing(OperationalError("server closed")))
        page = press(phone, checked, "send")
    assert page.status_code == 503
    assert f'action="{ADDRESS}"' in page.text
    again = phone.post(ADDRESS, {**carried(page), "words": "They said “go”.\nWe went."})
    assert again["Location"] == f"/report/{carried(checked)['report_id'][0]}/"


@pytest.mark.parametrize(("go", "advice"), [("next", "Press the button again"), ("send", "Press Send again")])
def test_a_stale_page_comes_back_as_it_was_answered(phone, checked, go, advice):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = phone.cookies
    page = press(phone, checked, "change-words") if go == "next" else checked
    stale = press(strict, page, go, words="Still here.")
    assert stale.status_code == 403
    assert advice in stale.text
    assert "Still here." in stale.text
    assert not Report.objects.exists()


def test_another_language_keeps_page_and_answers(phone, checked):
    page = press(phone, checked, "change-words")
    page = phone.post(ADDRESS, {**carried(page), "words": "Aún aquí.", "switch_language": "ar"})
    assert '<html lang="ar" dir="rtl"' in page.text
    assert "Aún aquí.</textarea>" in page.text
    assert title(press(phone, page, words="Aún aquí.")) == "مراجعة إجاباتك"


def test_a_revoked_phone_is_shown_nothing_but_may_still_send(phone, checked, marisol):
    marisol.devices.update(revoked_at="2020-10-01T00:00Z")
    assert phone.get(ADDRESS).status_code == 403
    assert press(phone, checked, "send").status_code == 200
    assert Report.objects.get().device.revoked_at


def test_a_stranger_is_shown_nothing_and_sends_nothing(client, bolivia):
    assert client.get(ADDRESS).status_code == client.post(ADDRESS, {"go": "send"}).status_code == 403


@pytest.mark.parametrize("step", ["", "nonsense", "\x00", "check", *(step.code for step in STEPS)])
@pytest.mark.parametrize("go", ["", "back", "check", "send", "change-", "change-\x00", "<b>"])
def test_no_page_or_button_is_too_strange(phone, step, go):
    body = {"step": step, "go": go, "categories": ["other", "x"], "latitude": "1e400", "report_id": "x"}
    assert phone.post(ADDRESS, body).status_code in (200, 422)


def test_half_a_character_is_answered_on_its_page(phone):
    # A form may claim an encoding in which half a character can be written.
    parts = {"step": "words", "words": "half +2AA-", "categories": "other"}
    lines = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}' for name, text in parts.items()]
    body = "\r\n".join([*lines, "--b--", ""]).encode()
    page = phone.generic("POST", ADDRESS, body, "multipart/form-data; boundary=b; charset=utf-7")
    assert (page.status_code, title(page)) == (422, "In your words")


def test_what_was_typed_is_carried_as_text(phone, start):
    page = phone.post(ADDRESS, {"step": "how", "words": '"><script>alert(1)</script>', "place": "<b>"})
    assert "<script" not in page.text
    assert "<b>" not in page.text
    assert carried(press(phone, page, words='"><b>'))["words"] == ['"><b>']


def test_a_browser_without_scripts_is_led_here_from_an_empty_form_only(phone):
    fresh = phone.get(FORM).text
    assert f'<noscript><meta http-equiv="refresh" content="0; url={ADDRESS}"></noscript>' in fresh
    assert re.search(rf'<noscript><p><a [^>]*href="{ADDRESS}"', fresh)
    filled = phone.post(FORM, {"words": "Typed.", "report_id": str(uuid.uuid4())})
    assert filled.status_code == 422
    assert "http-equiv" not in filled.text


def test_a_page_of_steps_asks_the_database_little(phone, start, bolivia, departments, django_assert_max_num_queries):
    for number in range(20):
        make.place(bolivia, f"p{number}", department=departments["BO-O"])
    with django_assert_max_num_queries(6):
        press(phone, start)


def test_every_page_of_steps_is_light_on_2g(phone, checked, bolivia, departments):
    for number in range(148):
        make.place(bolivia, f"p{number}", f"San Ignacio de Velasco {number}", department=departments["BO-L"])
    styles = [static(f"incidents/css/{name}.css") for name in ("tokens", "intake", "steps")]
    for step in STEPS:
        page = press(phone, checked, f"change-{step.code}")
        assert weight(page.content, *styles) <= FIRST_PAGE_BYTES, step.code


def refusing(fault):
    def refuse(*args, **kwargs):
        raise fault

    return refuse
