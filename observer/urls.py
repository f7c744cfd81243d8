"""The addresses: the monitor's pages at the root, the desk, the partners' API, and two for machines."""

from django.contrib import admin
from django.urls import include, path

from incidents.admin.answering import answer
from incidents.api.health import healthz, readyz
from incidents.api.sms import sms_receipt
from incidents.intake.urls import phone_patterns

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("a/<str:token>/", answer, name="answer"),
    path("hooks/sms/<str:token>/", sms_receipt, name="sms_receipt"),
    path("p/", include("incidents.api.public.urls")),
    path("api/", include(phone_patterns)),
    path("api/", include("incidents.api.urls")),
    path("", include("incidents.api.ogc.urls")),
    path("", include("incidents.intake.urls")),
]
