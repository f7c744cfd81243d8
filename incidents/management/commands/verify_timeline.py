"""Check the record: every timeline, the logbook, what they tell of, the files on disk, and the roots of the days.

Changes nothing, and streams: a million entries cost no more memory than ten. Ends with 1 where anything does not hold.
"""

import hashlib
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from incidents import chain as arithmetic
from incidents.evidence import storage
from incidents.management import missions
from incidents.models import Chain, Evidence, Incident, Mission, MissionRoot
from incidents.seals import timestamps
from incidents.seals.check import check_mission, unknown_root
from incidents.seals.faults import Fault, Found

ROOT_LENGTH = 64


class Command(BaseCommand):
    help = "Check that nothing in the record was changed, removed, inserted, reordered or backdated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mission", metavar="SLUG", help="only this mission; else all, and what belongs to none")
        parser.add_argument("--root", metavar="FILE", help="roots that were written down, one on a line")
        parser.add_argument("--without-files", action="store_true", help="do not read the files of evidence")

    def handle(self, *args: Any, **options: Any) -> None:
        found: Counter[Found] = Counter()
        chosen = self._chosen(options["mission"])
        there = Incident.objects.filter(mission__in=[mission for mission in chosen if mission]).count()
        files = None if options["without_files"] else file_fault
        with tqdm(total=there, unit="incident", disable=not sys.stderr.isatty(), file=sys.stderr) as bar:
            for mission in chosen:
                faults = check_mission(mission, files=files, stamps=_stamp_holds, progress=bar.update)
                self._tell(faults, found)
        self._tell((unknown_root(text) for text in _unknown(options["root"], chosen)), found)
        self._tell_of_inherited(chosen)
        self._conclude(found, there)

    def _chosen(self, slug: str | None) -> list[Mission | None]:
        if not slug:
            return [*Mission.objects.order_by("pk"), None]
        try:
            return [missions.find(slug)]
        except missions.MissionFault as fault:
            raise CommandError(str(fault)) from fault

    def _tell(self, faults: Iterable[Fault], found: Counter[Found]) -> None:
        for fault in faults:
            found[fault.found] += 1
            tqdm.write(str(fault), file=self.stdout)

    def _tell_of_inherited(self, chosen: list[Mission | None]) -> None:
        """What an earlier release wrote was sealed as it stood: honest is to say since when."""
        of_these = Chain.objects.filter(mission__in=[mission.pk for mission in chosen if mission])
        old = of_these.filter(inherited__count__gt=0)
        count = old.count()
        if count:
            at = min(left["at"] for left in old.values_list("inherited", flat=True).iterator() if left)
            since = datetime.fromtimestamp(at / 1_000_000, UTC)
            said = ngettext(
                "%(count)d chain holds entries of an earlier release, sealed %(day)s; nothing proves them before that.",
                "%(count)d chains hold entries of an earlier release, sealed %(day)s; nothing proves them before that.",
                count,
            )
            self.stdout.write(said % {"count": count, "day": f"{since:%Y-%m-%d %H:%M} UTC"})

    def _conclude(self, found: Counter[Found], there: int) -> None:
        if not found:
            said = ngettext(
                "%(count)d incident checked: the record holds.", "%(count)d incidents checked: the record holds.", there
            )
            self.stdout.write(said % {"count": there})
            return
        count = found.total()
        said = ngettext(
            "The record does not hold: %(count)d fault.", "The record does not hold: %(count)d faults.", count
        )
        raise CommandError(said % {"count": count}, returncode=1)


def file_fault(evidence: Evidence) -> Found | None:
    """What is wrong with the file of a piece of evidence, as the store gives it, if anything."""
    place, digest = storage.store(), hashlib.sha256()
    try:
        if place.size(storage.ORIGINALS, evidence.sha256) != evidence.size:
            return Found.FILE_DIFFERS
        for chunk in place.read(storage.ORIGINALS, evidence.sha256, 0, evidence.size):
            digest.update(chunk)
    except FileNotFoundError:
        return Found.FILE_GONE
    return None if digest.hexdigest() == evidence.sha256 else Found.FILE_DIFFERS


def _stamp_holds(root: MissionRoot) -> bool:
    return not timestamps.is_there() or timestamps.holds(bytes(root.token or b""), root.root)


def _unknown(name: str | None, chosen: list[Mission | None]) -> list[str]:
    """The lines of the file that are no root of these missions; a name or a day before the root does not matter."""
    if not name:
        return []
    try:
        lines = Path(name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise CommandError(_("%(name)s can't be read.") % {"name": name}) from fault
    known = MissionRoot.objects.filter(mission__in=[mission.pk for mission in chosen if mission])
    written = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return [line for line in written if not known.filter(root=arithmetic.read(line)[-ROOT_LENGTH:]).exists()]
