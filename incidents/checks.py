"""System checks: what a deployment must have before it serves."""

from typing import Any

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.security, deploy=True)
def site_is_https(app_configs: Any, **kwargs: Any) -> list[Warning]:
    if settings.SITE_URL.startswith("https://"):
        return []
    return [
        Warning(
            "SITE_URL is not https: links in alerts and the monitors' cookies would travel in the clear.",
            hint="Set SITE_URL to the public https address.",
            id="incidents.W001",
        )
    ]
