"""An evidence bundle for a lawyer: all that is held about one incident, with what it takes to check it, as a ZIP.

Streamed, and never whole in memory or on disk. No name leaves with it: people stand in it by their codes.
"""

import hashlib
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import chain as arithmetic
from incidents.actions.record import hold, note
from incidents.evidence import inspect, storage
from incidents.models import Chain, Evidence, Incident, Leaf, MissionRoot, Question, Reply, Report, Revision, User
from incidents.seals.bound import kind_of, statement
from incidents.seals.record import root_told, told
from incidents.workflow import MoveNotAllowed

# The same bundle twice is the same bytes, but for when and why it was made.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16
MANIFEST = "MANIFEST.sha256"

Member = tuple[str, Iterable[bytes]]


@transaction.atomic
def make_bundle(incident_id: uuid.UUID, *, actor: User | None, reason: str) -> Iterator[bytes]:
    """The bytes of the ZIP; that it was made stands in its timeline, and in the timeline that it holds.

    Raises MoveNotAllowed. `actor` None is whoever runs the server.
    """
    incident = hold(incident_id)
    if not reason.strip():
        raise MoveNotAllowed(_("Give a reason for this step."))
    note(incident, "bundle.made", actor=actor, reason=reason.strip(), reports=incident.reports.count())
    about = {"by": actor.code if actor else "", "reason": reason.strip(), "made_at": timezone.now()}
    return zipped(_members(incident, about))


def name_of(incident: Incident) -> str:
    return f"evidence-{str(incident.pk)[:8]}.zip"


class _Sink:
    """What the ZIP has written and nobody has sent yet."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        return

    def taken(self) -> bytes:
        found, self._parts = b"".join(self._parts), []
        return found


def zipped(members: Iterable[Member]) -> Iterator[bytes]:
    """A ZIP of these files as it grows, with the hashes of all of them as its last."""
    sink, hashes = _Sink(), dict[str, str]()
    with zipfile.ZipFile(sink, "w") as archive:  # type: ignore[call-overload]
        for name, chunks in members:
            digest = hashlib.sha256()
            with archive.open(_info(name), "w", force_zip64=True) as file:
                for chunk in chunks:
                    digest.update(chunk)
                    file.write(chunk)
                    yield sink.taken()
            hashes[name] = digest.hexdigest()
        listed = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
        archive.writestr(_info(MANIFEST), listed)
        yield sink.taken()
    yield sink.taken()


def _info(name: str) -> zipfile.ZipInfo:
    """Films and photos are compressed already."""
    info = zipfile.ZipInfo(name, LONG_AGO)
    info.compress_type = zipfile.ZIP_STORED if name.startswith("originals/") else zipfile.ZIP_DEFLATED
    info.external_attr = READABLE
    return info


def _members(incident: Incident, about: dict[str, Any]) -> Iterator[Member]:
    for name in ("README.txt", "verify.py"):
        yield name, [Path(str(get_template(f"bundle/{name}").origin)).read_bytes()]  # type: ignore[attr-defined]
    yield "bundle.json", [_line(_about(incident, about))]
    # What is written while it streams is left out, all the way through; the roots are looked at first.
    roots = MissionRoot.objects.filter(mission=incident.mission_id).order_by("number")
    last = roots.values_list("number", flat=True).last() or 0
    chains = list(Chain.objects.filter(incident__in=_with_absorbed(incident)).order_by("name"))
    for chain in chains:
        yield f"timeline/{chain.incident_id}.jsonl", _entries(chain)
    yield "heads.jsonl", [_line(_head(chain)) for chain in chains]
    yield from _statements(incident)
    yield from _originals(incident)
    yield from _roots(roots.filter(number__lte=last), [chain.name for chain in chains])


def _with_absorbed(incident: Incident) -> list[uuid.UUID]:
    """With what was merged into it: their timelines are one story."""
    return [incident.pk, *Incident.objects.absorbed_by([incident.pk])]


def _line(value: Any) -> bytes:
    return arithmetic.canonical(value) + b"\n"


def _about(incident: Incident, about: dict[str, Any]) -> dict[str, Any]:
    made_at: datetime = about["made_at"]
    named = {"incident": str(incident.pk), "mission": incident.mission.slug}
    return {**named, **about, "made_at": made_at.isoformat(), "v": arithmetic.VERSION}


def _head(chain: Chain) -> dict[str, Any]:
    names = ("count", "head", "inherited", "regrown", "seal")
    return {"chain": chain.name, **{name: getattr(chain, name) for name in names}}


def _entries(chain: Chain) -> Iterator[bytes]:
    if chain.incident is None:
        return
    for entry in chain.incident.timeline.filter(seq__lte=chain.count).order_by("seq").iterator(chunk_size=500):
        yield _line({**told(entry), "hash": entry.hash, "seal": entry.seal})


def _statements(incident: Incident) -> Iterator[Member]:
    """Each file holds what was hashed and nothing else, so that its SHA-256 is the one in the timeline."""
    reports = Report.objects.filter(incident=incident)
    hanging = (
        reports,
        Revision.objects.filter(report__in=reports),
        _evidence(incident),
        Question.objects.filter(report__in=reports),
        Reply.objects.filter(question__report__in=reports),
    )
    for rows in hanging:
        for row in rows.order_by("pk").iterator(chunk_size=200):
            yield f"statements/{kind_of(row)}/{row.pk}.json", [statement(row)]


def _evidence(incident: Incident) -> Any:
    return Evidence.objects.filter(report__incident=incident)


def _originals(incident: Incident) -> Iterator[Member]:
    """As kept. One that is missing is left out, and the verifier says so."""
    store = storage.store()
    kinds = dict(_evidence(incident).order_by("sha256").values_list("sha256", "media_type"))
    for sha256, media_type in kinds.items():
        try:
            size = store.size(storage.ORIGINALS, sha256)
        except FileNotFoundError:
            continue
        name = f"originals/{sha256}.{inspect.extension(media_type)}"
        yield name, store.read(storage.ORIGINALS, sha256, 0, size)


def _roots(roots: Any, names: list[str]) -> Iterator[Member]:
    yield "roots.jsonl", (_line({**root_told(root), "root": root.root, "seal": root.seal}) for root in roots.iterator())
    yield "proofs.jsonl", _proofs(roots, names)
    for root in roots.exclude(token=None).iterator():
        yield f"tokens/{root.number}.tsr", [bytes(root.token or b"")]


def _proofs(roots: Any, names: list[str]) -> Iterator[bytes]:
    """For each time that a root took one of the chains up: the way from there to the root, past hashes of others."""
    for leaf in Leaf.objects.filter(chain__in=names, root__in=roots).select_related("root").order_by("root", "pk"):
        fellows = leaf.root.leaves.order_by("pk").values_list("chain", "count", "head")
        hashes = [arithmetic.leaf(*one) for one in fellows.iterator()]
        index = hashes.index(arithmetic.leaf(leaf.chain, leaf.count, leaf.head))
        place = {"chain": leaf.chain, "count": leaf.count, "head": leaf.head, "root": leaf.root.number}
        yield _line({**place, "path": arithmetic.path(hashes, index)})
