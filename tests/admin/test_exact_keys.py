"""Exact places are written for partners while a key to them is open, and not a moment longer."""

import pytest
from django.utils import timezone

from incidents import tasks
from incidents.actions.publish import renew as look_again
from incidents.models import ApiKey, Publication, Release
from tests.admin.keys import page
from tests.api.cast import released


def settle():
    """What workers do with publications that are due."""
    for pk in Publication.objects.due().values_list("pk", flat=True):
        look_again(pk)


def standing(audience="exact"):
    return Release.objects.filter(audience=audience, withdrawn_at=None).count()


def test_exact_places_are_written_with_the_first_key_and_taken_back_with_the_last(new_key, as_otto, marisol, ana):
    released(marisol, ana)
    settle()
    assert standing() == 0
    keys = [new_key(audience="exact")[0] for _ in range(2)]
    for key in keys:
        as_otto.post(page(key, "grant"))
    settle()
    assert standing() == 1
    left = []
    for key in keys:
        as_otto.post(page(key, "revoke"))
        settle()
        left.append(standing())
    assert left == [1, 0]
    assert standing("partner") == 1


@pytest.mark.parametrize("how", ["expired", "left", "retired"])
def test_however_the_last_exact_key_ends_the_sweep_has_its_places_taken_back(new_key, as_otto, marisol, ana, how):
    released(marisol, ana)
    key, _secret = new_key(audience="exact")
    as_otto.post(page(key, "grant"))
    settle()
    assert standing() == 1
    if how == "expired":
        ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    elif how == "left":
        key.holder.memberships.get().delete()
    else:
        key.holder.is_active = False
        key.holder.save()
    tasks.sweep()
    settle()
    assert standing() == 0


def test_a_withdrawal_that_fails_is_not_asked_for_anew_with_every_sweep(new_key, as_otto, marisol, ana):
    released(marisol, ana)
    key, _secret = new_key(audience="exact")
    as_otto.post(page(key, "grant"))
    settle()
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    tasks.sweep()
    Publication.objects.update(attempts=3, state="parked")
    tasks.sweep()
    assert list(Publication.objects.values_list("attempts", "state")) == [(3, "parked")]
