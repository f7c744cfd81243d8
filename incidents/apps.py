"""The app, and an admin that discovers every app but a few."""

from importlib import import_module

from django.apps import AppConfig, apps
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

from incidents import languages


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = _("Observer")
    default = True

    def ready(self) -> None:
        languages.introduce()
        import_module("incidents.checks")


# leaflet.admin needs GDAL: importing it would end the start. The others would show keys, codes and names at the desk.
LEFT_OUT = ("leaflet", "django_otp.plugins.otp_totp", "django_otp.plugins.otp_static", "axes")


class ObserverAdmin(SimpleAdminConfig):
    """Django's autodiscovery, in our order and without what is left out."""

    default_site = "incidents.admin.site.Desk"

    def ready(self) -> None:
        super().ready()
        import_module("incidents.admin")  # first: it brings the site that all others register with
        for config in apps.get_app_configs():
            if config.name not in LEFT_OUT and module_has_submodule(config.module, "admin"):
                import_module(f"{config.name}.admin")
