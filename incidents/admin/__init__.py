"""The desk: the coordinators' screens in Django's admin.

Speaks HTTP and knows no rules: who sees and may do what is asked of the rows and the roles.
Importing the modules registers them.
"""

from django.contrib import admin
from django.contrib.auth import admin as _auth_admin  # noqa: F401 - registers Group, so that we can take it away
from django.contrib.auth.models import Group

from incidents.admin import (
    access,
    alarms,
    api_keys,
    broadcasts,
    check_ins,
    deliveries,
    incident,
    logbook,
    people,
    places,
    roots,
    rota,
    saved_exports,
    weights,
)

__all__ = [
    "access",
    "alarms",
    "api_keys",
    "broadcasts",
    "check_ins",
    "deliveries",
    "incident",
    "logbook",
    "people",
    "places",
    "roots",
    "rota",
    "saved_exports",
    "weights",
]

# Permissions come from roles; groups would be a second, silent table.
admin.site.unregister(Group)
