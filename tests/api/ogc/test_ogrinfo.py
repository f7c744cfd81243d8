"""GDAL's programs as Debian has them, older than those of Python's: what the guide has a partner type is answered."""

import contextlib
import csv
import os
import re
import sqlite3
import subprocess

import pytest

from incidents.models import Pull
from tests.services import need

pytestmark = pytest.mark.django_db(transaction=True)
GRAVE = ("-where", "severity = 'critical'")
SANTA_CRUZ = ("-spat", "-64.5", "-20.5", "-57.5", "-13.5")
# In a text nothing is left to the server, which takes any time for that at which it happened.
HEARD_OF = ("-where", "CAST(reported_at AS CHARACTER(30)) >= '2020/10/20'")


@pytest.fixture
def gdal(live_server, trio, tariq):
    """Runs a program with the key in the environment: as a password unless another header is named."""
    need("gdal-bin")

    def run(*command, header=""):
        basic = {"GDAL_HTTP_USERPWD": f"tariq:{tariq.secret}", "GDAL_HTTP_AUTH": "BASIC"}
        key = {"GDAL_HTTP_HEADERS": f"{header}{tariq.secret}"} if header else basic
        words = [word.replace("SITE", live_server.url) for word in map(str, command)]
        done = subprocess.run(words, env=os.environ | key, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run


def count(told):
    return [int(number) for number in re.findall(r"^Feature Count: (\d+)$", told, re.MULTILINE)]


def test_ogrinfo_counts_and_filters_and_ogr2ogr_takes_all_pages_home(gdal, tmp_path):
    """One test: a server that was started anew for each would cost more than they do."""
    assert re.findall(
        r"^\d: (\w+) \(title: \w+\) \((\w+)\)$", gdal("ogrinfo", "-ro", "OAPIF:SITE/ogc/"), re.MULTILINE
    ) == [
        ("incidents", "Point"),
        ("boundaries", "Polygon"),
    ]
    asked = ("ogrinfo", "-ro", "-so", "OAPIF:SITE/ogc", "incidents")
    assert [count(gdal(*asked, *more)) for more in ((), GRAVE, SANTA_CRUZ, HEARD_OF)] == [[3], [1], [1], [3]]

    kept = tmp_path / "observer.gpkg"
    gdal("ogr2ogr", kept, "OAPIF:SITE/ogc/", "-oo", "PAGE_SIZE=2")
    with contextlib.closing(sqlite3.connect(kept)) as file:
        rows = file.execute("SELECT occurred_at, geom IS NULL FROM incidents ORDER BY 1").fetchall()
        assert rows == [(None, 1), ("2020-10-18T09:00:00.000Z", 0), ("2020-10-19T14:00:00.000Z", 0)]
        assert file.execute("SELECT group_concat(code, ' ') FROM boundaries").fetchall() == [("BO-L BO-O BO-S",)]

    table = gdal("ogr2ogr", "-f", "CSV", "/vsistdout/", "OAPIF:SITE/ogc", "incidents", *GRAVE, "-lco", "GEOMETRY=AS_XY")
    ((row),) = csv.DictReader(table.splitlines())
    assert (row["category"], row["huridocs"], -64.5 < float(row["X"]) < -57.5) == ("shooting", "040200", True)

    sent = " ".join(Pull.objects.values_list("address", flat=True))
    wanted = (
        "&severity=critical",
        "&bbox=-64.5,-20.5,-57.5,-13.5",
        "/incidents/items?limit=2&cursor=",
        "/boundaries/items?limit=2&cursor=",
    )
    assert [one for one in wanted if one not in sent] == []
    assert "datetime=" not in sent


FILES = {
    "SITE/api/v1/incidents.geojson": "X-Api-Key: ",
    "SITE/api/v1/incidents.geojsonseq": "Authorization: Bearer ",
    "/vsicurl_streaming/SITE/api/v1/incidents.geojsonseq": "",
    "/vsicurl_streaming/SITE/api/v1/incidents.geojson": "X-Api-Key: ",
}


def test_ogrinfo_reads_the_plain_files_with_the_key_in_a_header(gdal):
    for file, header in FILES.items():
        told = gdal("ogrinfo", "-ro", "-so", "-al", file, header=header)
        assert count(told) == [3], file
        assert "occurred_at: DateTime" in told
        assert "Geometry: Point" in told
