"""Addresses of the monitor's pages."""

from django.urls import URLPattern

app_name = "intake"
urlpatterns: list[URLPattern] = []
