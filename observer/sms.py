"""The settings of the SMS gateway: any that takes a message by one HTTP request, or one of two that are known."""

import json
from urllib.parse import urlsplit

from observer import env

PRESETS = ("twilio", "vonage")
METHODS = ("POST", "PUT", "GET")


def gateway() -> dict[str, object]:
    """The settings that belong together, by their names without SMS_; empty where there is no gateway."""
    names = ("preset", "url", "user", "password", "from", "body", "headers", "method")
    given = {name: env.text(f"SMS_{name.upper()}") for name in names}
    if not any(given.values()):
        return {}
    method = given["method"].upper() or "POST"
    if method not in METHODS:
        env.stop(f"SMS_METHOD must be one of {', '.join(METHODS)}.")
    if given["preset"]:
        _check_preset(given)
    elif "{to}" not in given["url"] + given["body"] or "{text}" not in given["url"] + given["body"]:
        env.stop("SMS_BODY (or SMS_URL) must say where the number and the text go: put {to} and {text} into it.")
    if (given["url"] or not given["preset"]) and urlsplit(given["url"]).scheme not in ("http", "https"):
        env.stop("SMS_URL is not understood. Set it to the gateway's address, or set SMS_PRESET.")
    return {**given, "method": method, "headers": _headers(given["headers"])}


def _check_preset(given: dict[str, str]) -> None:
    if given["preset"] not in PRESETS:
        env.stop(f"SMS_PRESET must be one of {', '.join(PRESETS)}.")
    lacking = [f"SMS_{name.upper()}" for name in ("user", "password", "from") if not given[name]]
    if lacking:
        env.stop(f"{', '.join(lacking)} must be set with SMS_PRESET.")


def _headers(text: str) -> dict[str, str]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        env.stop('SMS_HEADERS is not understood. Set it to a JSON object like {"X-Api-Key": "…"}.')
    return found
