"""QGIS without a window, as a partner's: `python3 layer.py URL KEY` opens both collections and tells what it read.

Run by whichever Python has QGIS's own modules, and so it needs nothing of the product.
"""

import base64
import json
import os
import sys
import urllib.request

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import QgsApplication, QgsDataSourceUri, QgsFeatureRequest, QgsRectangle, QgsVectorLayer

BOX = (-70.0, -23.0, -57.0, -9.0)


def main(url: str, key: str) -> int:
    application = QgsApplication([], False)
    application.initQgis()
    try:
        return 0 if all([*incidents(url, key), *boundaries(url, key)]) else 1
    finally:
        application.exitQgis()


def incidents(url, key):
    layer = opened(url, key, "incidents")
    yield told("incidents open", layer.isValid(), True)
    wanted = features(url, key, "incidents")
    yield told("all are read, page by page", ids(layer), {one["id"] for one in wanted})
    yield told("QGIS counts them", layer.featureCount(), len(wanted))
    columns = set(wanted[0]["properties"])
    yield told("every column is there", columns - {field.name() for field in layer.fields()}, set())
    placed = {one["id"] for one in wanted if one["geometry"]}
    yield told("a box gives those in it", ids(layer, QgsFeatureRequest(QgsRectangle(*BOX))), placed)
    grave = {one["id"] for one in wanted if one["properties"]["severity"] == "critical"}
    layer.setSubsetString("\"severity\" = 'critical'")
    yield told("a filter gives what fits it", ids(layer), grave)


def boundaries(url, key):
    layer = opened(url, key, "boundaries")
    yield told("boundaries open", layer.isValid(), True)
    yield told("all are read", ids(layer), {one["id"] for one in features(url, key, "boundaries")})


def opened(url, key, collection):
    uri = QgsDataSourceUri()
    # A page of three, so that several are turned.
    asked = {"url": url, "typename": collection, "pagingEnabled": "true", "pageSize": "3"}
    for name, value in asked.items():
        uri.setParam(name, value)
    uri.setUsername("partner")
    uri.setPassword(key)
    return QgsVectorLayer(uri.uri(False), collection, "OAPIF")


def ids(layer, request=None):
    return {feature["id"] for feature in layer.getFeatures(request or QgsFeatureRequest())}


def features(url, key, collection):
    """The same, read without QGIS."""
    request = urllib.request.Request(f"{url}/collections/{collection}/items")
    request.add_header("Authorization", "Basic " + base64.b64encode(f"partner:{key}".encode()).decode())
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["features"]


def told(what, got, wanted):
    print(f"{'ok  ' if got == wanted else 'FAIL'}  {what}" + ("" if got == wanted else f": {got!r}, not {wanted!r}"))
    return got == wanted


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
