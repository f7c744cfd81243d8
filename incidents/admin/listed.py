"""Which list a page was opened from: its query travels in the address, and so does the way back and to the neighbours.

A query string and never an address: whatever is put into it, it leads to the list of this desk.
"""

import copy
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from incidents.models import Incident
from incidents.models.ranking import beside

PARAMETER = "list"
LONGEST = 1_000


def query(request: HttpRequest) -> QueryDict:
    """What the list was narrowed to; nothing where none was named, or one that no list has written."""
    asked = request.GET.get(PARAMETER, "")
    return QueryDict(asked[:LONGEST] if asked.isprintable() else "")


def carried(request: HttpRequest) -> str:
    """What an address of the same page ends in, so that the list is not forgotten."""
    narrowed = query(request).urlencode()
    return "?" + urlencode({PARAMETER: narrowed}) if narrowed else ""


def back(request: HttpRequest) -> str:
    narrowed = query(request).urlencode()
    return reverse("admin:incidents_incident_changelist") + (f"?{narrowed}" if narrowed else "")


class Neighbours:
    """Mixed into the incidents' admin: the next of the list and the one before. Found when asked for, not before."""

    def neighbour_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path(f"<path:object_id>/{name}/", view(self._step(back)), name=f"incidents_incident_{name}")
            for name, back in (("next", False), ("previous", True))
        ]

    def _step(self, backwards: bool) -> Any:
        def step(request: HttpRequest, object_id: str) -> HttpResponse:
            incident = self.get_object(request, object_id)  # type: ignore[attr-defined]
            neighbour = beside(self._all_listed(request), incident, backwards=backwards)
            if neighbour is None:
                messages.info(request, _("That was the first of the list.") if backwards else _("That was the last."))
            there = reverse("admin:incidents_incident_change", args=[(neighbour or incident).pk])
            return HttpResponseRedirect(there + carried(request))

        return step

    def _all_listed(self, request: HttpRequest) -> Any:
        """The rows of the list as it was narrowed, all pages of it."""
        listing, narrowed = copy.copy(request), query(request).copy()
        narrowed.pop(PAGE_VAR, None)
        listing.GET = narrowed  # type: ignore[assignment]
        try:
            return self.get_changelist_instance(listing).queryset  # type: ignore[attr-defined]
        except IncorrectLookupParameters:
            return Incident.objects.visible_to(request.user).ranked()
