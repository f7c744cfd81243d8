"""Which database the suite runs on, decided before Django is set up.

`OBSERVER_TEST_ENGINE=postgresql` starts a throwaway cluster for this run; the default is SQLite.
Loaded by `-p tests.engine`.
"""

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.services import PostgresCluster

ENGINE = os.environ.get("OBSERVER_TEST_ENGINE", "sqlite")
_folder = Path(tempfile.mkdtemp(prefix="observer-tests-"))
_cluster: PostgresCluster | None = None


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config):
    (_folder / "static").mkdir()
    for name in [name for name in os.environ if name.startswith(("EMAIL_", "CELERY_"))]:
        del os.environ[name]
    os.environ.update(
        SECRET_KEY="only-for-tests-" + "0" * 40,
        DATA_DIR=str(_folder),
        SITE_URL="http://testserver",
        OBSERVER_DEMO="0",
        DATABASE_URL="",
        LOG_LEVEL="WARNING",
    )
    if ENGINE == "postgresql":
        # What tests write need not outlive the machine.
        os.environ["DATABASE_URL"] = cluster(fsync="off", full_page_writes="off").url("postgres")


def cluster(**settings):
    """The cluster of this run, started when first asked for."""
    global _cluster
    _cluster = _cluster or PostgresCluster.start(**settings)
    return _cluster


def folder() -> Path:
    """What lies here is gone when the run ends."""
    return _folder


def pytest_collection_finish(session):
    """What is there now stays; and looking for garbage less often saves an eighth of what migrations take."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def pytest_report_header(config):
    return f"engine: {ENGINE}"


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    end()


def end():
    if _cluster:
        _cluster.stop()
    shutil.rmtree(_folder, ignore_errors=True)
