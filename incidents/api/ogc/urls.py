"""Addresses of OGC API – Features, at /ogc."""

from django.urls import include, path

from incidents.api.ogc import items, landing
from incidents.api.urls import NOWHERE

app_name = "ogc"
_below = [
    path("", landing.Landing.as_view(), name="landing"),
    path("conformance", landing.Conformance.as_view(), name="conformance"),
    path("api", landing.Definition.as_view(), name="api"),
    path("collections", items.Collections.as_view(), name="collections"),
    path("collections/<slug:collection>", items.OneCollection.as_view(), name="collection"),
    path("collections/<slug:collection>/queryables", items.Queryables.as_view(), name="queryables"),
    path("collections/<slug:collection>/items", items.Items.as_view(), name="items"),
    path("collections/<slug:collection>/items/<path:feature>", items.Item.as_view(), name="item"),
    NOWHERE,
]
# With and without a slash: programs keep either, and a redirect would cost some of them their key.
urlpatterns = [path("ogc", landing.Landing.as_view()), path("ogc/", include(_below))]
