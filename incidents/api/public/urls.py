"""Addresses of the public pages, below /p/."""

from django.urls import path

from incidents.api.public import views

app_name = "public"
urlpatterns = [
    path("<slug:slug>/", views.page, name="page"),
    path("<slug:slug>/embed", views.embed, name="embed"),
    path("<slug:slug>/areas.json", views.areas, name="areas"),
]
