"""Addresses of OGC API – Features, at /ogc."""

from django.urls import path, re_path

from incidents.api.ogc import items, landing
from incidents.api.views import Nowhere

app_name = "ogc"
urlpatterns = [
    # With and without a slash: programs keep either, and a redirect costs some of them their key.
    path("ogc", landing.Landing.as_view()),
    path("ogc/", landing.Landing.as_view(), name="landing"),
    path("ogc/conformance", landing.Conformance.as_view(), name="conformance"),
    path("ogc/api", landing.Definition.as_view(), name="api"),
    path("ogc/collections", items.Collections.as_view(), name="collections"),
    path("ogc/collections/<slug:collection>", items.OneCollection.as_view(), name="collection"),
    path("ogc/collections/<slug:collection>/queryables", items.Queryables.as_view(), name="queryables"),
    path("ogc/collections/<slug:collection>/items", items.Items.as_view(), name="items"),
    path("ogc/collections/<slug:collection>/items/<path:feature>", items.Item.as_view(), name="item"),
    re_path(r"^ogc/[\s\S]*$", Nowhere.as_view()),
]
