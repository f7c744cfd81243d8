"""Addresses of the partners' API, below /api/."""

from django.urls import path, re_path

from incidents.api import document, handbook, reference, saved, views

# Whatever else is asked for. A line break in an address is no match for a dot.
NOWHERE = re_path(r"^[\s\S]*$", views.Nowhere.as_view())

app_name = "api"
urlpatterns = [
    path("v1", views.Index.as_view()),
    path("v1/", views.Index.as_view(), name="index"),
    path("v1/incidents", views.IncidentsJson.as_view(), name="incidents"),
    path("v1/incidents.geojson", views.IncidentsGeoJson.as_view(), name="incidents-geojson"),
    path("v1/incidents.geojsonseq", views.IncidentsSequence.as_view(), name="incidents-geojsonseq"),
    path("v1/incidents.csv", views.IncidentsCsv.as_view(), name="incidents-csv"),
    path("v1/incidents.xlsx", views.IncidentsXlsx.as_view(), name="incidents-xlsx"),
    path("v1/boundaries", reference.Boundaries.as_view(), name="boundaries"),
    path("v1/categories", reference.Categories.as_view(), name="categories"),
    path("v1/summary", reference.Summary.as_view(), name="summary"),
    *(path(f"v1/saved/<slug:slug>.{form}", view.as_view(), name=f"saved-{form}") for form, view in saved.FORMS.items()),
    path("v1/openapi.json", document.OpenApi.as_view(), name="openapi"),
    path("v1/docs", handbook.docs, name="docs"),
    NOWHERE,
]
