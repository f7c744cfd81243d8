"""Likely duplicates at the desk: with reasons; merged, dismissed, undone by one click; nothing hidden shows."""

import pytest
from django.urls import reverse

from incidents.models import Delivery, Incident, Merge, Suggestion
from tests import make

SANTA_CRUZ = {"latitude": str(make.SANTA_CRUZ[0]), "longitude": str(make.SANTA_CRUZ[1])}


def address(incident, name="change"):
    return reverse(f"admin:incidents_incident_{name}", args=[getattr(incident, "pk", incident)])


@pytest.fixture
def nilda(bolivia):
    return make.monitor("nilda", bolivia)


@pytest.fixture
def older(marisol, departments):
    return make.incident(marisol)


@pytest.fixture
def younger(older, nilda):
    return make.incident(nilda, words="Dos policías anotaban nombres.")


def suggest_by_hand(one, other):
    first, second = sorted((one, other), key=lambda incident: incident.pk)
    return Suggestion.objects.create(one=first, other=second, score=3, is_likely=True, method="by hand")


def test_the_page_shows_the_twin_with_reasons_and_both_side_by_side(as_ana, older, younger):
    page = as_ana.get(address(older)).content.decode()
    assert "Similar incidents" in page
    assert all(words in page for words in ("Likely the same", "Same day", "Two monitors", "Dos policías anotaban"))
    assert address(younger) in page


def test_merging_is_one_click_and_leads_to_the_kept_one(as_ana, ana, older, younger):
    answer = as_ana.post(address(younger, "merge"), {"other": older.pk}, follow=True)
    assert answer.redirect_chain[-1][0] == address(older)
    assert "You can undo this below" in answer.content.decode()
    assert Merge.objects.get().merged_by == ana


def test_undoing_is_one_click(as_ana, older, younger):
    as_ana.post(address(older, "merge"), {"other": younger.pk})
    assert "Undo the merge" in as_ana.get(address(older)).content.decode()
    as_ana.post(address(older, "unmerge"), {"merge": Merge.objects.get().pk})
    assert (older.reports.count(), younger.reports.count()) == (1, 1)
    assert as_ana.get(address(younger)).status_code == 200


def test_a_merge_that_was_undone_can_be_made_again(as_ana, older, younger):
    as_ana.post(address(older, "merge"), {"other": younger.pk})
    as_ana.post(address(older, "unmerge"), {"merge": Merge.objects.get().pk})
    page = as_ana.get(address(older))
    assert [other for _row, other in page.context["judged"]] == [younger]
    assert "Merge after all" in page.content.decode()
    as_ana.post(address(older, "merge"), {"other": younger.pk})
    assert older.reports.count() == 2


def test_a_pair_that_was_judged_shows_only_to_who_may_see_both(as_ana, as_ramiro, older, nilda):
    hidden = make.incident(nilda, **SANTA_CRUZ)
    suggest_by_hand(older, hidden)
    as_ramiro.post(address(older, "dismiss"), {"other": hidden.pk})
    assert [other for _row, other in as_ramiro.get(address(older)).context["judged"]] == [hidden]
    assert str(hidden.pk) not in as_ana.get(address(older)).content.decode()


def test_an_alert_that_a_merge_made_needless_is_no_failure(as_ana, ana, older, younger):
    as_ana.post(address(older, "merge"), {"other": younger.pk})
    assert younger.deliveries.filter(state="parked").exists()
    assert not Delivery.objects.given_up().exists()
    assert as_ana.get(reverse("admin:incidents_incident_changelist")).context["undelivered"] == 0


def test_not_the_same_takes_the_suggestion_away(as_ana, older, younger):
    as_ana.post(address(older, "dismiss"), {"other": younger.pk})
    assert Suggestion.objects.get().state == "dismissed"
    assert "Similar incidents" not in as_ana.get(address(older)).content.decode()


def test_a_merged_incident_is_in_no_list_map_or_count(as_ana, older, younger):
    as_ana.post(address(older, "merge"), {"other": younger.pk})
    listed = as_ana.get(reverse("admin:incidents_incident_changelist"), {"status": "all"})
    assert [incident.pk for incident in listed.context["cl"].result_list] == [older.pk]
    points = as_ana.get(reverse("admin:incidents_incident_map"), {"status": "all"}).json()
    assert (points["total"], [row[0] for row in points["points"]]) == (1, [str(older.pk)])


def test_the_page_of_a_merged_incident_leads_to_where_it_went(as_ana, older, younger):
    as_ana.post(address(older, "merge"), {"other": younger.pk})
    answer = as_ana.get(address(younger), follow=True)
    assert answer.redirect_chain == [(address(older), 302)]
    assert "was merged into this one" in answer.content.decode()
    carried = as_ana.get(address(younger), {"list": "status=all"})
    assert carried["Location"] == address(older) + "?list=status%3Dall"


def test_where_it_went_is_told_only_to_who_may_see_that(as_ramiro, ramiro, departments, bolivia, nilda, older, client):
    theirs = make.incident(nilda, perpetrators=["armed_forces"])
    as_ramiro.post(address(older, "merge"), {"other": theirs.pk})
    client.force_login(make.person("luis", "coordinator", bolivia, everywhere=True, linked_force="police"))
    assert client.get(address(theirs)).status_code == 404
    client.force_login(make.person("elena", "coordinator", bolivia, departments["BO-S"]))
    assert client.post(address(theirs, "move"), {"code": "acknowledge"}).status_code == 404


def test_a_step_on_an_incident_that_was_merged_meanwhile_changes_nothing_and_says_so(as_ana, older, younger):
    as_ana.post(address(older, "merge"), {"other": younger.pk})
    answer = as_ana.post(address(younger, "move"), {"code": "acknowledge"}, follow=True)
    assert "Nothing else was changed" in answer.content.decode()
    assert set(Incident.objects.values_list("status", flat=True)) == {"triaged"}


def test_the_second_of_two_who_merge_gets_words(as_ana, as_ramiro, older, younger):
    as_ramiro.post(address(older, "merge"), {"other": younger.pk})
    answer = as_ana.post(address(older, "merge"), {"other": younger.pk})
    assert answer.status_code == 422
    assert "in the meantime" in answer.content.decode()


def test_a_twin_that_is_not_yours_does_not_show(as_ana, as_ramiro, older, nilda):
    hidden = make.incident(nilda, **SANTA_CRUZ)
    suggest_by_hand(older, hidden)
    assert str(hidden.pk) in as_ramiro.get(address(older)).content.decode()
    page = as_ana.get(address(older)).content.decode()
    assert "Similar incidents" not in page
    assert str(hidden) not in page


def test_what_is_hidden_and_what_is_not_there_are_refused_in_the_same_words(as_ana, older, nilda):
    hidden = make.incident(nilda, **SANTA_CRUZ)
    gone = "00000000-0000-4000-8000-000000000000"
    said = {
        name: [as_ana.post(address(older, name), {"other": other}).context["refused_merge"].errors for other in pair]
        for name, pair in {"merge": (hidden.pk, gone), "dismiss": (hidden.pk, gone)}.items()
    }
    assert all(first == second for first, second in said.values())
    assert Incident.objects.get(pk=hidden.pk).merged_into is None


def test_a_merge_of_others_is_not_undone_from_here(as_ana, as_ramiro, older, nilda):
    one, two = make.incident(nilda, **SANTA_CRUZ), make.incident(nilda, **SANTA_CRUZ)
    as_ramiro.post(address(one, "merge"), {"other": two.pk})
    assert as_ana.post(address(older, "unmerge"), {"merge": Merge.objects.get().pk}).status_code == 422
    assert Merge.objects.standing().exists()


@pytest.mark.parametrize("value", ["", "x", "\x00", "9" * 40, "🙂", "-1"])
@pytest.mark.parametrize(("step", "field"), [("merge", "other"), ("dismiss", "other"), ("unmerge", "merge")])
def test_strange_values_are_refused_in_words(as_ana, older, step, field, value):
    answer = as_ana.post(address(older, step), {field: value})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_departments_that_differ_are_pointed_out(as_ramiro, older, nilda):
    suggest_by_hand(older, make.incident(nilda, **SANTA_CRUZ))
    assert "The other one lies in Santa Cruz" in as_ramiro.get(address(older)).content.decode()


def test_the_timelines_of_both_are_read_as_one(as_ana, older, younger):
    as_ana.post(address(older, "merge"), {"other": younger.pk})
    said = [line.sentence for line in as_ana.get(address(older)).context["timeline"]]
    assert f"Merged with incident {younger}; reports taken over: 1" in said
    assert f"Report {older.reports.last().reference} received" in said
    assert not [sentence for sentence in said if "%(" in sentence]


def test_what_was_told_of_a_merged_incident_is_still_shown(as_ana, ana, older, younger):
    younger.deliveries.update(state="done")
    as_ana.post(address(older, "merge"), {"other": younger.pk})
    shown = as_ana.get(address(older)).context["deliveries"]
    assert {delivery.incident_id for delivery in shown} == {older.pk, younger.pk}


def test_the_page_asks_no_more_for_three_twins_than_it_must(as_ana, older, nilda, django_assert_max_num_queries):
    for minute in range(3):
        make.incident(nilda, latitude=f"-16.50{minute}")
    as_ana.get(address(older))
    with django_assert_max_num_queries(62):
        as_ana.get(address(older))
