"""Taking in a file that arrived in pieces: opened, checked against what was announced, kept, put to its report."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from incidents.actions.attach import attach
from incidents.actions.record import hold_filed, note
from incidents.evidence import partial, storage
from incidents.models import Evidence, Mission, Report
from incidents.seals import envelope
from incidents.statement.announced import AnnouncedFile

CHUNK = 1 << 16


class NotWhole(Exception):
    """All bytes are there, and they are not those that were announced."""


def take_in(report: Report, announced: AnnouncedFile) -> Evidence:
    """Make a whole file evidence. Raises NotWhole, and OSError when the disk refuses; then nothing is lost.

    A file that can't be opened is kept as it came: somebody may hold the key to it.
    """
    if not partial.is_whole(report.pk, announced.name):
        partial.discard(report.pk, announced.name)
        raise NotWhole
    arrived = partial.path_of(report.pk, announced.name)
    with tempfile.TemporaryDirectory(dir=arrived.parent.parent) as folder:
        stored = storage.keep(_chunks(_opened(report, arrived, Path(folder) / "opened")))
    evidence = attach(report, stored, name=announced.name)
    if stored.sha256 != announced.sha256:
        with transaction.atomic():
            note(hold_filed(report), "evidence.differs", actor=report.reporter, sha256=stored.sha256)
    partial.discard(report.pk, announced.name)
    return evidence


def _opened(report: Report, arrived: Path, target: Path) -> Path:
    with arrived.open("rb") as file:
        if not envelope.is_sealed(file.read(len(envelope.MAGIC))):
            return arrived
    try:
        envelope.unseal_file(arrived, target, list(Mission.objects.filter(pk=report.mission_id)))
    except envelope.CanNotBeOpened:
        return arrived
    return target


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
