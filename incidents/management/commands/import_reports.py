"""Import reports that were gathered elsewhere: on paper, by telephone, in an earlier mission. See docs/importing.md."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils.translation import gettext as _
from tqdm import tqdm

from incidents.management import mapping, missions
from incidents.management.importing import Import, Refusal, Result
from incidents.management.stopping import INTERRUPTED, interruptible
from incidents.models import Mission
from incidents.sheet import RefusedRows, Sheet, SheetFault, shown

PLAIN_STEP = 500
SHOWN_REFUSALS = 100
LONGEST_SOURCE = 100


class Command(BaseCommand):
    help = "Import reports from a CSV file. The same file twice adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a CSV file in UTF-8 with a header row")
        parser.add_argument("--mission", required=True, metavar="SLUG")
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN", help="or FIELD:=CONSTANT; repeatable"
        )
        parser.add_argument("--mapping", metavar="FILE.json", help="columns, constants and translations of values")
        parser.add_argument("--source", metavar="NAME", help="whose rows these are; the name of the file by default")
        parser.add_argument("--dry-run", action="store_true", help="check everything, store nothing")
        parser.add_argument("--errors", metavar="FILE.csv", help="where to write the rows that were refused")
        parser.add_argument("--create-mission", metavar="NAME", help="make the mission if there is none")
        parser.add_argument("--time-zone", metavar="TZ", help="of a new mission, such as America/La_Paz")
        parser.add_argument("--election-day", metavar="YYYY-MM-DD", help="of a new mission")
        parser.add_argument(
            "--coordinator", action="append", default=[], metavar="USERNAME", help="who sees a new mission; repeatable"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._import(Path(options["file"]), options)
        except (SheetFault, mapping.MappingFault, missions.MissionFault) as fault:
            raise CommandError(str(fault)) from fault

    def _import(self, path: Path, options: dict[str, Any]) -> None:
        sheet = Sheet(path)
        fields = mapping.from_file(Path(options["mapping"])) if options["mapping"] else {}
        fields |= mapping.from_options(options["map"])
        mapping.check(fields, sheet.header)
        work = Import(self._mission(options), fields, _source(options["source"] or path.name), options["dry_run"])
        errors = Path(options["errors"]) if options["errors"] else None
        with RefusedRows(errors, sheet) as refused, interruptible() as interrupted:
            self._take_all(work, sheet, refused, interrupted)
        self._conclude(work, sheet, errors, bool(interrupted))

    def _mission(self, options: dict[str, Any]) -> Mission:
        slug, name = options["mission"], options["create_mission"]
        if not name or Mission.objects.filter(slug=slug.encode("utf-8", "replace").decode()).exists():
            return missions.find(slug)
        mission = missions.drafted(slug, name, options["time_zone"], options["election_day"])
        people = missions.coordinators(options["coordinator"])
        return mission if options["dry_run"] else missions.make(mission, people)

    def _take_all(self, work: Import, sheet: Sheet, refused: RefusedRows, interrupted: list[int]) -> None:
        """Row after row, until the end or until somebody stops it; whatever is stored by then stays."""
        on_terminal = sys.stderr.isatty()
        with tqdm(total=sheet.count, unit="row", disable=not on_terminal, file=sys.stderr) as bar:
            for number, cells in sheet.rows():
                refusal = self._take(work, sheet, number, cells)
                if refusal:
                    self._tell(work, refusal)
                    refused.add(cells, str(refusal))
                bar.update()
                if not on_terminal and work.read % PLAIN_STEP == 0:
                    self.stdout.write(_("%(done)d of %(all)d rows") % {"done": work.read, "all": sheet.count})
                if interrupted:
                    return

    def _take(self, work: Import, sheet: Sheet, number: int, cells: list[str]) -> Refusal | None:
        if len(cells) > len(sheet.header):
            work.tally[Result.REFUSED] += 1
            return Refusal(number, {"row": [_("More cells than the header has columns.")]})
        try:
            return work.take(number, sheet.named(cells))
        except OperationalError as fault:
            message = _("The database does not answer. Rows stored so far: %(done)d. Run this again to go on.")
            raise CommandError(message % {"done": work.tally[Result.NEW]}) from fault

    def _tell(self, work: Import, refusal: Refusal) -> None:
        if work.tally[Result.REFUSED] <= SHOWN_REFUSALS:
            line = _("row %(row)d: %(why)s") % {"row": refusal.row, "why": shown(str(refusal), 500)}
            with tqdm.external_write_mode():  # the bar makes way instead of being cut in two
                self.stderr.write(line)
        elif work.tally[Result.REFUSED] == SHOWN_REFUSALS + 1:
            self.stderr.write(_("… more rows are refused; --errors FILE.csv gives all of them."))

    def _conclude(self, work: Import, sheet: Sheet, errors: Path | None, was_interrupted: bool) -> None:
        self.stdout.write(_summary(work))
        if work.tally[Result.NEW] and not work.is_rehearsal:
            message = _("The worker is now triaging the new reports; it also finds those it was not told about.")
            self.stdout.write(message)
        if work.tally[Result.REFUSED] and errors:
            message = _("Refused rows are in %(file)s: correct them and import that file.")
            self.stdout.write(message % {"file": shown(str(errors))})
        if was_interrupted:
            message = _("Stopped after %(done)d of %(all)d rows. Run it again to go on.")
            raise CommandError(message % {"done": work.read, "all": sheet.count}, returncode=INTERRUPTED)
        if work.tally[Result.REFUSED]:
            raise CommandError(_("Rows refused: %(count)d.") % {"count": work.tally[Result.REFUSED]})


def _summary(work: Import) -> str:
    """The account, which adds up: every row read is in exactly one of the lines below it."""
    lines = (
        (_("Rows read"), work.read),
        (_("new"), work.tally[Result.NEW]),
        (_("already here"), work.tally[Result.HERE]),
        (_("changed (kept beside the first as revisions)"), work.tally[Result.CHANGED]),
        (_("refused"), work.tally[Result.REFUSED]),
    )
    head = [_("Checked only; nothing was stored.")] if work.is_rehearsal else []
    return "\n".join([*head, *(f"{count:>8}  {name}" for name, count in lines)])


def _source(name: str) -> str:
    if not name.isprintable() or len(name) > LONGEST_SOURCE:
        raise CommandError(_("Give a plain --source NAME of at most %(max)d characters.") % {"max": LONGEST_SOURCE})
    return name
