"""Ways to partners' keys that their tests share."""

from django.test import Client
from django.urls import reverse

from tests.api.cast import ITEMS, bearer

LIST, ADD = reverse("admin:incidents_apikey_changelist"), reverse("admin:incidents_apikey_add")


def page(key, step="change"):
    return reverse(f"admin:incidents_apikey_{step}", args=[key.pk])


def pull(secret):
    return Client(headers=bearer(secret)).get(ITEMS).status_code
