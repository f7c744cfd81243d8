"""Links between the documents of OGC API – Features. Absolute, as clients want them."""

from urllib.parse import quote

from rest_framework.request import Request

JSON = "application/json"
GEOJSON = "application/geo+json"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"

Link = dict[str, str]


def link(request: Request, rel: str, path: str, media_type: str = JSON, title: str = "") -> Link:
    """To a path below the landing page."""
    told = {"href": f"{root(request)}{quote(path)}", "rel": rel, "type": media_type}
    return {**told, "title": title} if title else told


def here(request: Request, media_type: str = JSON) -> Link:
    """To this very answer."""
    return {"href": request.build_absolute_uri(), "rel": "self", "type": media_type}


def root(request: Request) -> str:
    """The landing page's address, without a slash at its end."""
    return request.build_absolute_uri("/ogc")


def header(links: list[Link]) -> str:
    """The same for the header `Link` (RFC 8288)."""
    return ", ".join(f'<{one["href"]}>; rel="{one["rel"]}"; type="{one["type"]}"' for one in links)
