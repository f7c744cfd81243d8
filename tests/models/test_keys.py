"""Keys of partners: they end with what they stood on."""

import pytest

from incidents.models import ApiKey
from incidents.roles import Role


def disable(user):
    user.is_active = False


def demote(user):
    user.role = Role.MONITOR


def link(user):
    user.linked_force = "police"


@pytest.mark.parametrize("change", [disable, demote, link])
def test_a_key_ends_when_its_holder_may_no_longer_pull(tariq, change):
    assert ApiKey.objects.valid(tariq.secret)
    change(tariq)
    tariq.save()
    assert ApiKey.objects.valid(tariq.secret) is None


def test_a_key_ends_when_its_holder_leaves_the_mission(tariq):
    tariq.memberships.get().delete()
    assert ApiKey.objects.valid(tariq.secret) is None


def test_a_key_outlives_a_harmless_change(tariq):
    tariq.organisation = "An NGO"
    tariq.save()
    assert ApiKey.objects.valid(tariq.secret)
