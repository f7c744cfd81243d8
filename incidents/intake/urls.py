"""Addresses of the monitor's pages. None of them says what the pages are about."""

from django.urls import path
from django.views.i18n import set_language

from incidents.intake import enrolment, receipt, step_pages, views

app_name = "intake"
urlpatterns = [
    path("", views.home, name="home"),
    path("e/<str:token>/", enrolment.enrol, name="enrol"),
    path("report/", views.report, name="report"),
    path("report/steps/", step_pages.steps, name="steps"),
    path("report/<uuid:report_id>/", receipt.receipt, name="receipt"),
    path("report/<uuid:report_id>/photo/", receipt.photo, name="photo"),
    path("exit/", views.leave, name="exit"),
    path("language/", set_language, name="set_language"),
]
