"""QGIS without a window, as a partner's: `python3 layer.py URL KEY` opens both collections and tells what it read.

Run by whichever Python has QGIS's own modules, and so it needs nothing of the product.
"""

import base64
import json
import os
import sys
import tempfile
import urllib.request

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Keys are kept in a file of QGIS's own: not in that of whoever runs this.
os.environ["QGIS_AUTH_DB_DIR_PATH"] = tempfile.mkdtemp(prefix="observer-qgis-")

from qgis.core import (
    QgsApplication,
    QgsAuthMethodConfig,
    QgsDataSourceUri,
    QgsFeatureRequest,
    QgsNetworkAccessManager,
    QgsNetworkRequestParameters,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import qInstallMessageHandler

BOX = (-70.0, -23.0, -57.0, -9.0)
DATES = {"occurred_at", "reported_at", "updated_at"}


def main(url: str, key: str) -> int:
    qInstallMessageHandler(lambda *_told: None)
    application = QgsApplication([], False)
    application.initQgis()
    try:
        partner = Partner(url, key)
        return 0 if all([*incidents(partner), *filters(partner), *again(partner), *others(partner)]) else 1
    finally:
        application.exitQgis()


class Partner:
    """Who has put the key into an authentication configuration, as the guide says."""

    def __init__(self, url, key):
        self.url, self.key, self.asked = url, key, []
        QgsNetworkAccessManager.instance().requestAboutToBeCreated[QgsNetworkRequestParameters].connect(
            lambda request: self.asked.append(request.request().url().toString())
        )
        manager = QgsApplication.authManager()
        manager.setMasterPassword("only for this run", True)
        self.kept = QgsAuthMethodConfig("Basic")
        self.kept.setName("observer")
        self.kept.setConfigMap({"username": "partner", "password": key, "realm": ""})
        manager.storeAuthenticationConfig(self.kept)

    def layer(self, collection, **more):
        """A page of three, so that several are turned."""
        uri = QgsDataSourceUri()
        asked = {"url": self.url, "typename": collection, "pagingEnabled": "true", "pageSize": "3", **more}
        for name, value in asked.items():
            uri.setParam(name, value)
        uri.setAuthConfigId(self.kept.id())
        return QgsVectorLayer(uri.uri(False), collection, "OAPIF")

    def file(self, address):
        """What the dialog makes of the protocol HTTP(S) with the type GeoJSON."""
        return QgsVectorLayer(f"{address} authcfg='{self.kept.id()}'", "file", "ogr")

    def features(self, collection):
        """The same, read without QGIS."""
        request = urllib.request.Request(f"{self.url}/collections/{collection}/items")
        request.add_header("Authorization", "Basic " + base64.b64encode(f"partner:{self.key}".encode()).decode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["features"]

    def forget(self):
        """From now on only what is asked from now on."""
        QgsApplication.processEvents()
        self.asked.clear()

    def sent(self, text):
        QgsApplication.processEvents()
        return any(text in address for address in self.asked)


def incidents(partner):
    layer, wanted = partner.layer("incidents"), partner.features("incidents")
    yield told("incidents open with the key of a configuration", layer.isValid(), True)
    yield told("all are read, page by page", ids(layer), {one["id"] for one in wanted})
    yield told("QGIS counts them", layer.featureCount(), len(wanted))
    columns = set(wanted[0]["properties"])
    yield told("every column is there", columns - {field.name() for field in layer.fields()}, set())
    dates = {field.name() for field in layer.fields() if field.typeName() == "DateTime"}
    yield told("dates are dates", dates, DATES)
    layer = partner.layer("incidents", restrictToRequestBBOX="1")
    placed = {one["id"] for one in wanted if one["geometry"]}
    yield told("a box gives those in it", ids(layer, QgsFeatureRequest(QgsRectangle(*BOX))), placed)
    yield told("the box is asked of the server", partner.sent("bbox=-70,-23,-57,-9"), True)


def filters(partner):
    layer, wanted = partner.layer("incidents"), partner.features("incidents")

    def found(text):
        layer.setSubsetString(text)
        return ids(layer)

    def fitting(name, fits):
        return {one["id"] for one in wanted if fits(one["properties"][name])}

    times = sorted(one["properties"]["occurred_at"] for one in wanted)
    middle = times[len(times) // 2]
    grave = fitting("severity", lambda code: code == "critical")
    yield told("a filter by a code gives what fits it", found("\"severity\" = 'critical'"), grave)
    until = fitting("occurred_at", lambda at: at <= middle)
    yield told("so does one until a time", found(f"\"occurred_at\" <= '{middle}'"), until)
    typed = middle.replace("T", " ")
    since = fitting("occurred_at", lambda at: at >= middle)
    yield told("and one since a time, as people type it", found(f"\"occurred_at\" >= '{typed}'"), since)
    yield told("times are asked of the server", partner.sent("datetime="), True)
    partner.forget()
    newest = max(one["properties"]["updated_at"] for one in wanted)
    written = fitting("updated_at", lambda at: at >= newest)
    yield told("by another time, with to_datetime", found(f"\"updated_at\" >= to_datetime('{newest}')"), written)
    yield told("which QGIS keeps to itself", partner.sent("datetime="), False)


def again(partner):
    layer = partner.layer("incidents")
    before = ids(layer)
    partner.forget()
    yield told("what was read is not asked for twice", (ids(layer), partner.sent("items")), (before, False))
    layer.reload()
    yield told("but is when the view is refreshed", (ids(layer), partner.sent("items")), (before, True))


def others(partner):
    layer, wanted = partner.layer("boundaries"), partner.features("boundaries")
    yield told("boundaries open, all of them", ids(layer), {one["id"] for one in wanted})
    file = partner.file(partner.url.replace("/ogc", "/api/v1/incidents.geojson"))
    yield told("the plain file opens as well", ids(file), {one["id"] for one in partner.features("incidents")})


def ids(layer, request=None):
    return {feature["id"] for feature in layer.getFeatures(request or QgsFeatureRequest())}


def told(what, got, wanted):
    print(f"{'ok  ' if got == wanted else 'FAIL'}  {what}" + ("" if got == wanted else f": {got!r}, not {wanted!r}"))
    return got == wanted


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
