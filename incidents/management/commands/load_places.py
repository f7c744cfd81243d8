"""Load boundaries, polling stations or localities from a file, level by level. See docs/places.md."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils.translation import gettext as _
from tqdm import tqdm

from incidents.management import missions
from incidents.management.stopping import INTERRUPTED, interruptible
from incidents.models import Place
from incidents.places.files import FileFault, open_layer
from incidents.places.load import Load, Result, Told
from incidents.places.plan import DEEPEST, Plan
from incidents.sheet import shown

PLAIN_STEP = 1_000
SHOWN_ROWS = 100


class Command(BaseCommand):
    help = "Load boundaries, polling stations or localities. The same file twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help=".geojson, .gpkg, .shp, .zip (a zipped shapefile) or .csv")
        parser.add_argument("--mission", required=True, metavar="SLUG")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--level", type=int, choices=range(1, DEEPEST + 1), help="boundaries: 1 department, 2 province, …"
        )
        what.add_argument("--stations", action="store_true", help="points: polling stations")
        what.add_argument("--localities", action="store_true", help="points: towns and villages")
        parser.add_argument(
            "--name-field", action="append", default=[], metavar="[LANGUAGE=]COLUMN", help="repeatable, once a language"
        )
        parser.add_argument("--code-field", default="", metavar="COLUMN")
        parser.add_argument("--parent-field", default="", metavar="COLUMN", help="code or name of the boundary above")
        parser.add_argument("--layer", default="", metavar="NAME", help="of a GeoPackage that holds several")
        parser.add_argument("--dry-run", action="store_true", help="check everything, store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mission = missions.find(options["mission"])
            layer = open_layer(Path(options["file"]), options["layer"])
            work = Load(mission, _plan(options), layer, options["dry_run"])
            with interruptible() as interrupted:
                self._take_all(work, interrupted)
        except (FileFault, missions.MissionFault) as fault:
            raise CommandError(str(fault)) from fault
        except OperationalError as fault:
            raise CommandError(_("The database does not answer. Run this again to go on.")) from fault
        self._conclude(work, bool(interrupted))

    def _take_all(self, work: Load, interrupted: list[int]) -> None:
        on_terminal = sys.stderr.isatty()
        told_of = 0
        with tqdm(total=work.layer.count, unit="row", disable=not on_terminal, file=sys.stderr) as bar:
            for told in work.take_all():
                bar.update()
                if told.words:
                    told_of += 1
                    self._tell(told, told_of)
                if not on_terminal and work.read % PLAIN_STEP == 0:
                    self.stdout.write(_("%(done)d of %(all)d rows") % {"done": work.read, "all": work.layer.count})
                if interrupted:
                    return

    def _tell(self, told: Told, told_of: int) -> None:
        if told_of > SHOWN_ROWS + 1:
            return
        line = _("row %(row)d: %(why)s") % {"row": told.row, "why": shown(told.words, 500)}
        with tqdm.external_write_mode():  # the bar makes way instead of being cut in two
            self.stderr.write(line if told_of <= SHOWN_ROWS else _("… more rows have something to say."))

    def _conclude(self, work: Load, was_interrupted: bool) -> None:
        self.stdout.write(_summary(work))
        stored = work.tally[Result.NEW] + work.tally[Result.CHANGED]
        if stored and not work.is_rehearsal:
            message = _("Incidents that are here already keep their place until: manage.py reassess --mission %(slug)s")
            self.stdout.write(message % {"slug": work.mission.slug})
        if was_interrupted:
            message = _("Stopped after %(done)d of %(all)d rows. Run it again to go on.")
            raise CommandError(message % {"done": work.read, "all": work.layer.count}, returncode=INTERRUPTED)
        if work.tally[Result.REFUSED]:
            raise CommandError(_("Rows refused: %(count)d.") % {"count": work.tally[Result.REFUSED]})


def _plan(options: dict[str, Any]) -> Plan:
    names = {}
    for text in options["name_field"]:
        language, equals, column = text.rpartition("=")
        names[language if equals else ""] = column
    kind = Place.Kind.POLLING_STATION if options["stations"] else Place.Kind.LOCALITY if options["localities"] else ""
    return Plan(
        kind=kind,
        level=options["level"] or 1,
        names=names,
        code=options["code_field"],
        parent=options["parent_field"],
    )


def _summary(work: Load) -> str:
    """The account, which adds up: every row read is in exactly one of the lines below it."""
    lines = (
        (_("Rows read"), work.read),
        (_("new"), work.tally[Result.NEW]),
        (_("already here"), work.tally[Result.HERE]),
        (_("changed"), work.tally[Result.CHANGED]),
        (_("refused"), work.tally[Result.REFUSED]),
    )
    head = [_("Checked only; nothing was stored.")] if work.is_rehearsal else []
    return "\n".join([*head, *(f"{count:>8}  {name}" for name, count in lines)])
