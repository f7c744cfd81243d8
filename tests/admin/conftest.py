"""Who makes and grants partners' keys at the desk."""

import pytest

from incidents.roles import Role
from tests import make
from tests.admin.keys import ADD
from tests.conftest import signed_in


@pytest.fixture
def as_otto(bolivia, departments):
    """Another mission admin."""
    return signed_in(make.person("otto", Role.MISSION_ADMIN, bolivia, everywhere=True, code="A-2"))


@pytest.fixture
def new_key(as_sofia, tariq, bolivia, departments):
    """Has Sofía make a key by the form; gives the key and its secret."""

    def make_one(**changes):
        given = {"holder": tariq.pk, "mission": bolivia.pk, "audience": "partner", "per_minute": "30", **changes}
        answer = as_sofia.post(ADD, given)
        return answer.context["key"], answer.context["secret"]

    return make_one
