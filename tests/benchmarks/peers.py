"""Others that hand out the same rows: tipg and pygeoapi in environments of their own, a plain serializer beside them.

Each says why where it could not be had. A page is as large as the largest that all of them give: they number pages, and
later ones cost them more.
"""

import contextlib
import http.client
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.serving import answers, serve
from tests.services import free_port, stop, wait_until
from vendor import bootstrap

PAGE = 10_000
TABLE = "peers.releases"
ENVIRONMENTS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "observer-benchmarks"
TIPG = ("tipg==1.6.1", "uvicorn")
# The newest that runs on every Python that we run on.
PYGEOAPI = ("pygeoapi==0.21.0", "sqlalchemy<2.1", "geoalchemy2", "psycopg2-binary", "gunicorn")


class Lacking(Exception):
    """Why a peer can't be measured here."""


@dataclass
class Peer:
    """One that serves: its process, and where it gives a page of so many rows, by format."""

    name: str
    process: subprocess.Popen
    port: int
    pages: dict[str, str]


@contextlib.contextmanager
def all_peers(folder: Path):
    """Those that could be started, side by side; all are ended by what started them."""
    started: list[Peer] = []
    lacking = prepare()
    starts: tuple[tuple[str, Callable[[Path], Peer]], ...] = (
        ("plain serializer", plain),
        ("tipg", tipg),
        ("pygeoapi", pygeoapi),
    )
    try:
        for name, start in starts:
            try:
                if lacking and start is not plain:
                    raise Lacking(lacking)
                started.append(checked(start(folder)))
                print(f"  {name} answers", flush=True)
            except Lacking as why:
                print(f"  {name} is NOT MEASURED: {why}", flush=True)
        yield started
    finally:
        for one in started:
            stop(one.process)


def prepare() -> str:
    """The same rows in a table with a geometry, as these want it; why not, where that can't be."""
    from django.db import connection

    from incidents.models.release import COLUMNS

    if connection.vendor != "postgresql":
        return "compared on PostgreSQL alone, where it has its geometry"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'")
        if not cursor.fetchone():
            return "PostGIS is not installed (Debian: postgresql-15-postgis-3)"
        for statement in (
            "CREATE EXTENSION IF NOT EXISTS postgis",
            "CREATE SCHEMA peers",
            f"""CREATE TABLE {TABLE} AS SELECT change::int AS fid, public_id::text, {", ".join(COLUMNS)}, updated_at,
            'bolivia' AS mission, FALSE AS is_demonstration,
            ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)::geometry(Point, 4326) AS geom
            FROM incidents_release ORDER BY change""",
            f"ALTER TABLE {TABLE} ADD PRIMARY KEY (fid)",
            f"CREATE INDEX ON {TABLE} USING GIST (geom)",
            f"ANALYZE {TABLE}",
        ):
            cursor.execute(statement)
    return ""


def environment(name: str, packages: tuple[str, ...]) -> Path:
    """The programs of a virtual environment with these packages, from wherever this machine's pip gets them."""
    made = ENVIRONMENTS / name
    done = made / "installed"
    if not done.exists() or done.read_text() != " ".join(packages):
        made.parent.mkdir(parents=True, exist_ok=True)
        bootstrap.make(made)
        pip = str(bootstrap.wheels()[0] / "pip")
        install = [made / "bin" / "python", pip, "install", "--quiet", "--no-input", "--only-binary=:all:", *packages]
        run = subprocess.run(install, capture_output=True, text=True)
        if run.returncode:
            raise Lacking(f"{packages[0]} could not be installed: {run.stderr.strip().splitlines()[-1:]}")
        done.write_text(" ".join(packages))
    return made / "bin"


def plain(folder: Path) -> Peer:
    port = free_port()
    web = serve(port, "tests.benchmarks.plain_list")
    return Peer("plain serializer", web, port, {"JSON": f"/releases?limit={PAGE}"})


def tipg(folder: Path) -> Peer:
    programs, port = environment("tipg", TIPG), free_port()
    settings = {
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "TIPG_DB_SCHEMAS": '["peers"]',
        "TIPG_DB_EXCLUDE_FUNCTION_SCHEMAS": '["public"]',
        "TIPG_MAX_FEATURES_PER_QUERY": str(PAGE),
    }
    command = [programs / "python", "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "warning"]
    process = launch(command, settings, folder, port, "/healthz")
    address = f"/collections/{TABLE}/items?limit={PAGE}&f="
    return Peer("tipg", process, port, {"GeoJSON": f"{address}geojson", "CSV": f"{address}csv"})


def pygeoapi(folder: Path) -> Peer:
    programs, port = environment("pygeoapi", PYGEOAPI), free_port()
    # JSON is YAML as well.
    (folder / "pygeoapi.yml").write_text(json.dumps(pygeoapi_settings(port)))
    settings = {"PYGEOAPI_CONFIG": f"{folder}/pygeoapi.yml", "PYGEOAPI_OPENAPI": f"{folder}/pygeoapi-openapi.yml"}
    written = [programs / "pygeoapi", "openapi", "generate", settings["PYGEOAPI_CONFIG"]]
    written += ["--output-file", settings["PYGEOAPI_OPENAPI"]]
    run = subprocess.run(written, env=alone(settings), cwd=folder, capture_output=True, text=True)
    if run.returncode:
        raise Lacking(f"its own description could not be made: {run.stderr.strip().splitlines()[-1:]}")
    served = ["pygeoapi.flask_app:APP", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "8"]
    command = [programs / "python", "-m", "gunicorn", *served, "--no-control-socket", "--log-level", "warning"]
    process = launch(command, settings, folder, port, "/conformance?f=json")
    return Peer("pygeoapi", process, port, {"GeoJSON": f"/collections/releases/items?limit={PAGE}&f=json"})


def pygeoapi_settings(port: int) -> dict:
    """Its PostgreSQL provider; rows are not counted for each page, which it can leave out."""
    from tests import engine

    told = {"title": "Releases", "description": "Releases", "keywords": ["releases"]}
    database = {"host": str(engine.cluster().folder), "dbname": "postgres", "user": "observer", "password": "none"}
    provider = {
        "type": "feature",
        "name": "PostgreSQL",
        "data": {**database, "search_path": ["peers", "public"]},
        "id_field": "fid",
        "table": "releases",
        "geom_field": "geom",
        "count": False,
    }
    nobody = {"name": "Nobody", "url": "http://127.0.0.1"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "pretty_print": False,
            "limits": {"default_items": PAGE, "max_items": PAGE, "on_exceed": "throttle"},
            "map": {"url": "http://127.0.0.1/{z}/{x}/{y}", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**told, "keywords_type": "theme", "terms_of_service": "none", "url": "http://127.0.0.1"},
            "license": nobody,
            "provider": nobody,
            "contact": {**nobody, "email": "nobody@desk.example"},
        },
        "resources": {
            "releases": {
                "type": "collection",
                **told,
                "links": [],
                "extents": {"spatial": {"bbox": [-180, -90, 180, 90]}},
                "providers": [provider],
            }
        },
    }


def launch(command, settings: dict[str, str], folder: Path, port: int, asked: str) -> subprocess.Popen:
    with (folder / f"{port}.log").open("wb") as log:
        process = subprocess.Popen(command, env=alone(settings), cwd=folder, stdout=log, stderr=log)
    try:
        wait_until(lambda: process.poll() is not None or answers(port, asked), what="a peer")
        if process.poll() is None:
            return process
    except AssertionError:
        stop(process)
    raise Lacking(f"it did not start: {(folder / f'{port}.log').read_text(errors='replace').strip().splitlines()[-1:]}")


def alone(settings: dict[str, str]) -> dict[str, str]:
    """Nothing of our own environment, so that none of it is taken for theirs."""
    return {**{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}, **settings}


def checked(peer: Peer) -> Peer:
    """That each page holds as many rows as it is counted for."""
    for what, path in peer.pages.items():
        line = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=120)
        line.request("GET", path)
        answer = line.getresponse()
        body = answer.read()
        found = rows_of(what, body) if answer.status == 200 else 0
        if found != PAGE:
            stop(peer.process)
            raise Lacking(f"{path} gave {found} rows ({answer.status}: {body[:120]!r})")
    return peer


def rows_of(what: str, body: bytes) -> int:
    if what == "CSV":
        return body.count(b"\n") - 1
    told = json.loads(body)
    return len(told["features"] if isinstance(told, dict) else told)
