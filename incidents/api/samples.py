"""Words that stand before the addresses in the API's document, and lines to copy for each of them."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from incidents.api import described

INTRODUCTION = (
    "Incidents that an election mission has released to its partners: who did what to whom, when and roughly where. "
    "Nothing else can be pulled: no words of a report, no person, no place narrower than a group of monitors."
)
# Title → text; paragraphs are parted by an empty line.
CHAPTERS = (
    (
        "Keys",
        "A mission admin makes a key; it is shown once. Send it in a header, never in the address: "
        "`Authorization: Bearer KEY`, or `X-Api-Key: KEY`, or HTTP Basic with any user name and the key as the "
        "password, which is what QGIS, Excel and Power BI ask for.\n\n"
        "A key belongs to one mission and one audience, may be limited to departments, and can be revoked at any "
        "moment. What it pulls is counted and logged.",
    ),
    (
        "Parameters",
        "An unknown parameter is an error, so that a misspelt filter never means “everything”. An empty one is as good "
        "as none. Filters stand in the address and nowhere else; several of them must all fit.",
    ),
    (
        "Pages, and keeping a copy",
        "Follow `next` (also in the `Link` header) until it is null. Releases come in the order in which they were "
        "last written: one that changes while you read moves to the end and is met again there, so nothing is missed. "
        "Of two items with the same `id` keep the later.\n\n"
        "Then keep the address in `changes` of the last page. Asked later it gives what is new or changed since the "
        "first of these pages was read, and a tombstone for what was withdrawn or no longer fits: delete that from "
        "your copy. `updated_since` does the same by time.",
    ),
    (
        "Unchanged answers",
        "Every answer has an `ETag`. Send it back as `If-None-Match`: if nothing has changed the answer is 304, costs "
        "next to nothing and has no body.",
    ),
    (
        "Errors and limits",
        "Errors are problem documents (RFC 9457, `application/problem+json`). A key may have so many answers a "
        "minute, 60 unless agreed otherwise; beyond that the answer is 429, and `Retry-After` says in how many seconds "
        "the next is free.",
    ),
    (
        "GIS programs",
        "`/ogc` speaks OGC API – Features for QGIS, GDAL and their like: incidents and boundaries, in pages, with the "
        "same keys. What may be asked there is told by a document of its own, `/ogc/api`; here it is not.",
    ),
    (
        "Versions",
        "This is version 1. What is added (a parameter, a column at the end of a table, a member of an object, a code) "
        "does not raise the version: ignore what you do not know, and find columns by name.\n\n"
        "What is taken away or comes to mean something else does raise it. Version 1 then stays for at least 12 "
        "months beside version 2, and its answers carry `Deprecation` (RFC 9745) from the day on which that is "
        "decided, and `Sunset` (RFC 8594) with the day on which they end.",
    ),
)
_SHOWN = ("department", "severity", "by", "level", "limit")
_READ = {"application/json": "answer.json()", "application/geo+json": "answer.json()"}


def of(path: str, names: Collection[str], media_type: str) -> list[dict[str, Any]]:
    """Lines for curl and for Python, as `x-codeSamples` holds them."""
    chosen = {name: _text(described.parameter(name, names).example) for name in _SHOWN if name in names}
    address = settings.SITE_URL + path
    return [
        {"lang": "Shell", "label": "curl", "source": _curl(address, chosen)},
        {"lang": "Python", "label": "Python", "source": _python(address, chosen, media_type.partition(";")[0])},
    ]


def _text(example: Any) -> str:
    return ",".join(map(str, example)) if isinstance(example, list) else str(example)


def _curl(address: str, chosen: dict[str, str]) -> str:
    query = f"?{urlencode(chosen)}" if chosen else ""
    output = f" \\\n  -o {address.rpartition('/')[2]}" if address.endswith(".xlsx") else ""
    return f'curl --fail -H "Authorization: Bearer $OBSERVER_KEY" \\\n  "{address}{query}"{output}'


def _python(address: str, chosen: dict[str, str], media_type: str) -> str:
    read = _READ.get(media_type, "answer.content")
    return "\n".join(
        (
            "import os",
            "",
            "import requests",
            "",
            "answer = requests.get(",
            f'    "{address}",',
            *((f"    params={_dict(chosen)},",) if chosen else ()),
            '    headers={"Authorization": f"Bearer {os.environ[\'OBSERVER_KEY\']}"},',
            "    timeout=60,",
            ")",
            "answer.raise_for_status()",
            f"print({read})" if read != "answer.content" else f"print(len({read}))",
        )
    )


def _dict(chosen: dict[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": "{value}"' for name, value in chosen.items()) + "}"
