"""Saved views: a person's own or shared with a desk, opened as what their reader may see."""

from django.urls import reverse

from incidents.actions import keep_view
from incidents.models import LogbookEntry, SavedView
from incidents.roles import Role
from tests import make
from tests.conftest import signed_in

LIST = reverse("admin:incidents_incident_changelist")
FEED = reverse("admin:incidents_incident_live")
SAVE = reverse("admin:incidents_view_save")


def address(view, name="change"):
    return reverse(f"admin:incidents_view_{name}", args=[view.pk])


def tabs(client, query=""):
    return [tab.view.name for tab in client.get(LIST + query).context["views"]]


def test_the_list_as_it_is_filtered_is_saved_under_a_name_and_opened_by_a_tab(as_ana, ana):
    given = {"title": "Night", "query": "?severity=critical&q=gate&p=3&assigned_to__password=x&o=1"}
    answer = as_ana.post(SAVE, given)
    assert answer["Location"] == f"{LIST}?q=gate&severity=critical"
    assert SavedView.objects.get().asked == {"severity": "critical", "q": "gate"}
    page = as_ana.get(answer["Location"]).content.decode()
    assert 'href="?q=gate&amp;severity=critical"' in page
    assert "Save view…" not in page


def test_a_view_is_its_owners_alone(as_ana, as_ramiro, as_sofia, ana):
    view = make.view(ana)
    assert (tabs(as_ana), tabs(as_ramiro), tabs(as_sofia)) == (["Grave"], [], [])
    for client in (as_ramiro, as_sofia):
        assert client.post(address(view), {"title": "Mine"}).status_code == 404
        assert client.post(address(view, "delete")).status_code == 404
    assert SavedView.objects.get().name == "Grave"


def test_an_admin_shares_a_view_with_the_desk_which_may_open_it_and_no_more(as_ana, as_sofia, bolivia):
    as_sofia.post(SAVE, {"title": "Election day", "query": "danger=yes", "shared": "on"})
    view = SavedView.objects.get()
    olga = make.person("olga", Role.MISSION_ADMIN, make.mission("elsewhere-2021"), everywhere=True)
    assert (tabs(as_ana), tabs(signed_in(olga))) == (["Election day"], [])
    assert as_ana.post(address(view), {"title": "Other"}).status_code == 403
    assert as_ana.post(address(view, "delete")).status_code == 403
    assert LogbookEntry.objects.get().event == "view.shared"


def test_a_coordinator_shares_nothing(as_ana, as_ramiro):
    as_ana.post(SAVE, {"title": "Everybody", "query": "danger=yes", "shared": "on"})
    assert not SavedView.objects.exists()
    assert tabs(as_ramiro) == []


def test_it_is_renamed_and_deleted(as_ana, ana):
    view = make.view(ana)
    as_ana.post(address(view), {"title": "Gravest"})
    assert tabs(as_ana) == ["Gravest"]
    as_ana.post(address(view, "delete"))
    assert tabs(as_ana) == []


def test_the_desk_opens_with_the_view_that_was_chosen_last(as_ana, ana):
    make.view(ana)
    for name, query in (("One", "danger=yes"), ("Two", "answer=overdue")):
        as_ana.post(SAVE, {"title": name, "query": query, "is_default": "on"})
    assert as_ana.get(reverse("admin:index"))["Location"] == f"{LIST}?answer=overdue"
    assert SavedView.objects.filter(is_default=True).count() == 1


def test_a_name_that_is_taken_is_refused_in_words_and_so_is_one_too_many(as_ana, ana, monkeypatch):
    make.view(ana)
    monkeypatch.setattr(keep_view, "LIMIT", 2)
    said = as_ana.post(SAVE, {"title": "Grave", "query": "danger=yes"}, follow=True).content.decode()
    assert "There is a view “Grave” already." in said
    make.view(ana, "Other")
    assert "You have 2 views." in as_ana.post(SAVE, {"title": "Third"}, follow=True).content.decode()
    assert as_ana.post(SAVE, {"title": "\0"}, follow=True).status_code == 200
    assert SavedView.objects.count() == 2


def test_the_counts_of_the_tabs_come_with_the_feed_and_count_what_their_reader_sees(
    as_ana, as_sofia, sofia, marisol, bolivia, django_assert_max_num_queries
):
    for at in (make.LA_PAZ, make.SANTA_CRUZ):
        make.incident(marisol, categories=["killing"], latitude=str(at[0]), longitude=str(at[1]))
    view = make.view(sofia, shared_with=bolivia)
    with django_assert_max_num_queries(24):
        assert as_ana.get(FEED, {"counts": "1"}).json()["counts"] == {str(view.pk): 1}
    assert as_sofia.get(FEED, {"counts": "1"}).json()["counts"] == {str(view.pk): 2}
