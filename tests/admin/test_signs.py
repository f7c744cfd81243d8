"""The signs that every screen shares: shape and word of a severity, and times as people say them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from incidents.templatetags.incidents import distance, severity, when


@pytest.mark.parametrize(("code", "shape", "word"), [("critical", "polygon", "Critical"), ("minor", "circle", "Minor")])
def test_a_severity_is_a_shape_and_a_word(code, shape, word):
    assert f"<{shape}" in severity(code)
    assert severity(code).endswith(f"{word}</span>")


def test_no_two_severities_share_a_shape():
    codes = ("critical", "major", "moderate", "minor", "")
    assert len({severity(code).partition("<svg")[2].partition("</svg>")[0] for code in codes}) == len(codes)


def test_a_severity_not_yet_known_is_said_to_be_so():
    assert "Not graded yet" in severity("") == severity("nonsense")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-7_300, "in 2 h"),
        (-90, "in 1 min"),
        (-40, "just now"),
        (5, "just now"),
        (360, "6 min ago"),
        (7_300, "2 h ago"),
        (90_000, "1 day ago"),
    ],
)
def test_distances_are_said_in_the_largest_unit_that_fits(seconds, words):
    assert distance(seconds) == words


def test_a_time_is_the_missions_and_its_zone_is_told_on_hover():
    moment = timezone.now() - timedelta(minutes=6)
    shown = when(moment, ZoneInfo("America/La_Paz"))
    assert f"{moment.astimezone(ZoneInfo('America/La_Paz')):%H:%M}, 6 min ago" in shown
    assert "-04" in shown


def test_no_time_is_a_dash():
    assert when(None) == "–"
