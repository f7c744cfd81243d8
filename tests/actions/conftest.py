"""Two reports of one event, by two monitors: an older incident, and a graver younger one."""

import pytest

from tests import make


@pytest.fixture
def nilda(bolivia):
    return make.monitor("nilda", bolivia)


@pytest.fixture
def older(marisol, ramiro):
    return make.incident(marisol)


@pytest.fixture
def younger(nilda, older):
    return make.incident(nilda, categories=["arrest_detention"], perpetrators=["armed_forces"], in_danger_now="on")
