"""Sheets at the desk: checked first, faults by row and column, all or nothing, and no right taken away unasked."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from incidents.admin import importing
from incidents.models import CheckedSheet, Contact, LogbookEntry, OnCall, Place, SeverityRule, Subscription, User
from incidents.roles import Role
from tests import make
from tests.conftest import signed_in

MONITORS = "code,organisation,language,departments\nM-1,Unión,es,La Paz\nM-2,,ar,all\n"


@pytest.fixture
def here(bolivia, departments):
    return lambda kind="monitors": reverse("admin:incidents_mission_import", args=[bolivia.pk, kind])


@pytest.fixture
def check(as_sofia, here):
    """Send a sheet to be checked: as a file where it is bytes, else pasted."""

    def post(sheet, kind="monitors"):
        is_file = isinstance(sheet, bytes)
        given = {"file": SimpleUploadedFile("a.csv", sheet)} if is_file else {"text": sheet}
        return as_sofia.post(here(kind), {"check": "1", **given})

    return post


@pytest.fixture
def take(as_sofia, here, check):
    def do(sheet, kind="monitors", **more):
        token = check(sheet, kind).context["checked"].token
        return as_sofia.post(here(kind), {"do": "1", "token": token, **more})

    return do


def tally(answer):
    return {str(label): count for label, count in answer.context["checked"].counts if count}


def departments_of(person):
    return sorted(person.memberships.get().departments.values_list("code", flat=True))


def test_a_sheet_is_checked_and_then_taken_over_at_once(check, as_sofia, here, bolivia):
    answer = check(MONITORS)
    assert tally(answer) == {"new": 2}
    assert not User.objects.filter(role=Role.MONITOR).exists()
    done = as_sofia.post(here(), {"do": "1", "token": answer.context["checked"].token})
    assert done.status_code == 302
    first, second = User.objects.filter(role=Role.MONITOR).order_by("code")
    assert (first.organisation, first.language, departments_of(first)) == ("Unión", "es", ["BO-L"])
    assert second.memberships.get().all_departments
    assert not first.has_usable_password()


def test_the_same_rows_twice_change_nothing_and_the_logbook_holds_counts_only(take, check):
    take(MONITORS)
    again = check(MONITORS)
    assert tally(again) == {"unchanged": 2}
    assert not again.context["checked"].token
    entry = LogbookEntry.objects.get(event="people.imported")
    assert entry.detail == {"kind": "monitors", "new": 2, "changed": 0, "same": 0, "taken_away": 0}
    assert CheckedSheet.objects.get().text == ""


@pytest.mark.parametrize(
    ("charset", "separator"), [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", ";"), ("utf-16", "\t"), ("cp1252", "\t")]
)
def test_a_sheet_is_read_as_spreadsheets_write_it(check, charset, separator):
    rows = [["Código", "Organización", "Idioma", "Departamentos"], ["Ñ-1", "Unión", "español", "la paz | ORURO"]]
    text = "\r\n".join(separator.join(cells) for cells in rows)
    answer = check(text.encode(charset))
    assert tally(answer) == {"new": 1}
    assert {change.after for change in answer.context["checked"].weighed.outcomes[0].changes} == {
        "Unión", "es", "La Paz, Oruro"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "sheet", "row", "words"),
    [
        ("monitors", "code,language\nM-1,es\n,es", 3, "Who this is about is missing"),
        ("monitors", "code\nM-1\nm-1", 3, "The same as in row 2"),
        ("monitors", "code,departments\nM-1,Pando", 2, "No department is called Pando. There are: La Paz"),
        ("monitors", "code,language\nM-1,Klingon", 2, "“Klingon” is not known"),
        ("monitors", f"code\n{'M' * 41}", 2, "Longer than 40 characters"),
        ("monitors", "code\nA-1", 2, "Roles are not changed from a sheet"),
        ("desk", "user name,departments\nsome body,all", 2, "without spaces"),
        ("desk", "user name,departments\nelsewhere,all", 2, "This user name is taken"),
        ("desk", "user name,e-mail,departments\nnew,not-mail,all", 2, "This is no e-mail address"),
        ("desk", "user name,phone,departments\nnew,12,all", 2, "country&#x27;s code"),
        ("desk", "user name\nnew", 2, "Say which departments"),
        ("desk", "user name,role\nsofia,coordinator", 2, "Roles are not changed from a sheet"),
        ("rota", "person,from,until\nsofia,tomorrow,2050-01-01 08:00", 2, "is no day and time"),
        ("rota", "person,from,until\nnobody,2050-01-01 06:00,2050-01-01 08:00", 2, "No coordinator or admin"),
        ("rota", "person,from,until\nsofia,2050-01-02 06:00,2050-01-01 08:00", 2, "must end after it begins"),
        ("alerts", "person,from severity\nsofia,dreadful", 2, "“dreadful” is not known"),
        ("alerts", "person,quiet from\nsofia,22:00", 2, "Give both times, or neither"),
        ("rules", "fact,code,effect\ncategory,arrest_detention,enormous", 2, "“enormous” is not known"),
        ("stations", "name,latitude,longitude\nSchool,north,1", 2, "The geometry can&#x27;t be read"),
    ],
)
def test_a_row_with_a_fault_is_refused_with_its_line_and_what_to_do(check, db, kind, sheet, row, words):
    make.person("elsewhere", Role.COORDINATOR, make.mission("elsewhere"))
    answer = check(sheet, kind)
    lines = [
        line.row
        for section in answer.context["checked"].sections
        if section.code == "refused"
        for line in section.lines
    ]
    assert lines == [row]
    assert words in answer.content.decode()
    assert not answer.context["checked"].token


def test_while_one_row_is_refused_nothing_is_taken_over(check, as_sofia, here):
    answer = check("code\nM-1\n\nM-1")
    assert "While a row is refused, nothing is imported" in answer.content.decode()
    as_sofia.post(here(), {"do": "1", "token": answer.context["checked"].token})
    assert not User.objects.filter(role=Role.MONITOR).exists()


@pytest.mark.parametrize(("ticked", "left"), [({}, ["BO-L", "BO-O", "BO-S"]), ({"take_away": "1"}, ["BO-S"])])
def test_departments_are_taken_away_only_where_that_is_ticked(take, check, ana, ticked, left):
    sheet = "usuario;departamentos\nana;Santa Cruz"
    page = check(sheet, "desk")
    assert [section.code for section in page.context["checked"].sections] == ["taken"]
    take(sheet, "desk", **ticked)
    assert departments_of(ana) == left


def test_an_empty_cell_leaves_what_is_there(take, ana):
    take("user name,e-mail,phone,departments,language\nana,,+591 71234567,,", "desk")
    ana.refresh_from_db()
    assert (ana.email, ana.language, departments_of(ana)) == ("ana@desk.example", "en", ["BO-L", "BO-O"])
    assert Contact.objects.get(user=ana).address == "+59171234567"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x"])
def test_a_cell_that_looks_like_a_formula_is_text(take, cell):
    take(f'code,organisation\nM-1,"{cell}"')
    assert User.objects.get(code="M-1").organisation == cell


def test_what_was_changed_since_the_check_is_shown_anew_and_not_done(check, as_sofia, here, ana):
    token = check("user name,language\nana,es", "desk").context["checked"].token
    User.objects.filter(pk=ana.pk).update(language="fr")
    answer = as_sofia.post(here("desk"), {"do": "1", "token": token})
    ana.refresh_from_db()
    assert (answer.status_code, ana.language) == (422, "fr")
    assert "something was changed since" in answer.content.decode()


def test_a_check_is_its_makers_and_does_not_keep(check, as_sofia, here, bolivia):
    token = check(MONITORS).context["checked"].token
    other = signed_in(make.person("sixto", Role.MISSION_ADMIN, bolivia, everywhere=True))
    assert other.post(here(), {"do": "1", "token": token}).status_code == 422
    CheckedSheet.objects.update(checked_at=timezone.now() - timedelta(hours=2))
    assert as_sofia.post(here(), {"do": "1", "token": token}).status_code == 422
    assert not User.objects.filter(role=Role.MONITOR).exists()
    assert CheckedSheet.objects.get().text == ""


def test_the_template_comes_back_without_its_example(as_sofia, here, check):
    for kind in importing.KINDS:
        sheet = as_sofia.get(f"{here(kind)}template.csv", headers={"Accept-Language": "es"}).content
        assert "There is nothing in it but the row of the example" in check(sheet, kind).content.decode(), kind


def test_limits_are_said_in_words(check, monkeypatch):
    monkeypatch.setattr(importing, "ROW_LIMIT", 1)
    assert "This file has 2 rows; at most 1 are taken at once" in check(MONITORS).content.decode()
    monkeypatch.setattr(importing, "SIZE_LIMIT", 10)
    assert "This file is larger than" in check(MONITORS.encode()).content.decode()


@pytest.mark.parametrize(
    "sheet",
    [b"", b"\0\0", b"\xff\xfe\x00", b"PK\3\4", b'code\n"M-1', b"code,code\nM,M", b"\x81\x8d", b"code\nM,N", b";;;\n;;;",
     b"code\n" + b"x" * 200_000, b"name\nM-1", b"\r\r\r"],
)  # fmt: skip
def test_a_hostile_sheet_is_answered_in_words(check, sheet):
    answer = check(sheet)
    assert answer.status_code in (200, 422)
    assert not answer.context["checked"] or not answer.context["checked"].token


def test_turns_are_taken_over_by_the_missions_clock(take, check, ana):
    sheet = "persona;desde;hasta;orden\nC-1;18/10/2050 06:00;18/10/2050 14:00;2"
    take(sheet, "rota")
    turn = OnCall.objects.get()
    assert (turn.user, turn.starts_at.isoformat(), turn.position) == (ana, "2050-10-18T10:00:00+00:00", 2)
    assert tally(check(sheet, "rota")) == {"unchanged": 1}
    assert (
        "They are on call then already"
        in check("person,from,until\nana,2050-10-18 07:00,2050-10-18 08:00", "rota").text
    )


def test_what_each_hears_of_is_taken_over_within_what_they_may_see(take, check, ana):
    take(
        "person,departments,categories,from severity,quiet from,quiet until\nana,Oruro,death threat,major,22:00,06:00",
        "alerts",
    )
    row = Subscription.objects.get(user=ana)
    assert (row.categories, row.least_severity, f"{row.quiet_from:%H:%M}") == (["death_threat"], "major", "22:00")
    assert "Santa Cruz is not among their departments" in check("person,departments\nana,Santa Cruz", "alerts").text


def test_rules_and_places_are_taken_over(take, check, bolivia):
    before = SeverityRule.objects.count()
    take("fact,code,effect\ncategory,harassment,none\ncategory,other,major", "rules")
    assert SeverityRule.objects.count() == before - 1
    assert SeverityRule.objects.get(code="other", kind="category").level == "major"
    sheet = "recinto;departamento;latitud;longitud\nColegio Uno;La Paz;-16,5;-68,15"
    take(sheet, "stations")
    assert Place.objects.get().department.code == "BO-L"
    assert tally(check(sheet, "stations")) == {"unchanged": 1}


def test_a_large_sheet_takes_few_queries(take, check, django_assert_max_num_queries):
    sheet = "code,departments\n" + "\n".join(f"M-{number},La Paz" for number in range(300))
    with django_assert_max_num_queries(80):
        assert take(sheet).status_code == 302
    assert User.objects.filter(role=Role.MONITOR).count() == 300
