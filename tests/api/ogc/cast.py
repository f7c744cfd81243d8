"""Addresses of /ogc, and what is looked for in its answers."""

from tests.api.cast import public_id

ROOT = "/ogc/"
API = "/ogc/api"
CONFORMANCE = "/ogc/conformance"
OPEN = ("/ogc", ROOT, API, CONFORMANCE)
COLLECTIONS = "/ogc/collections"
INCIDENTS = "/ogc/collections/incidents"
BOUNDARIES = "/ogc/collections/boundaries"
ITEMS = f"{INCIDENTS}/items"
AREAS = f"{BOUNDARIES}/items"
KEYED = (COLLECTIONS, *(f"{one}{end}" for one in (INCIDENTS, BOUNDARIES) for end in ("", "/queryables", "/items")))


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [feature["id"] for feature in answer.json()["features"]]


def names(trio, answer):
    """Which of shooting, threat and nowhere are in an answer."""
    known = dict(zip(map(public_id, trio), ("shooting", "threat", "nowhere"), strict=True))
    return " ".join(known[one] for one in ids(answer))


def links(body):
    """{rel: link}"""
    return {link["rel"]: link for link in body["links"]}


def parameters(described, path):
    """{name: its definition} of what a path takes, references resolved."""
    given = described["paths"][path]["get"]["parameters"]
    known = described["components"]["parameters"]
    resolved = [known[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in given]
    return {one["name"]: one for one in resolved}
