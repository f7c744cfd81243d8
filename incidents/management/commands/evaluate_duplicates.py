"""Measure suggestions of duplicates against an archive in the columns of MAVERICK. See incidents/triage/README.md."""

import csv
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from incidents.management import twins
from incidents.management.archive import NotAnArchive, Row, read
from incidents.triage.duplicates import METHOD, shipped

TUNING, UNSEEN, ALL = "tuning", "unseen", "all"
Measures = dict[str, float | int]


class Command(BaseCommand):
    help = "Measure the suggestions of duplicates against FILE, whose column event_id holds the truth. Stores nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a CSV file in the columns of MAVERICK")
        parser.add_argument("--part", choices=(ALL, TUNING, UNSEEN), default=ALL, help="which events to measure on")
        parser.add_argument("--seed", default=twins.SEED, help="of the split; the weights were fitted on the default's")
        parser.add_argument("--json", action="store_true", help="the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = self._read(Path(options["file"]))
        parts = {
            TUNING: [row for row in rows if twins.is_tuning(row.event, options["seed"])],
            UNSEEN: [row for row in rows if not twins.is_tuning(row.event, options["seed"])],
            ALL: rows,
        }
        wanted = (ALL, TUNING, UNSEEN) if options["part"] == ALL else (options["part"],)
        found = self._measured({part: parts[part] for part in wanted})
        if options["json"]:
            first = found.pop(wanted[0])
            self.stdout.write(json.dumps({"method": METHOD, "part": wanted[0], **first, **found}, indent=2))
        else:
            self.stdout.write(_table(found))

    def _read(self, path: Path) -> list[Row]:
        try:
            return read(path)
        except (OSError, UnicodeDecodeError, csv.Error, NotAnArchive) as fault:
            raise CommandError(_("This file can't be measured on: %(why)s") % {"why": fault}) from fault

    def _measured(self, parts: dict[str, list[Row]]) -> dict[str, Measures]:
        with tqdm(total=sum(map(len, parts.values())), unit="report", file=sys.stderr, disable=None) as bar:
            return {
                part: twins.measures(rows, twins.suggest(rows, shipped(), bar.update)) for part, rows in parts.items()
            }


def _table(found: dict[str, Measures]) -> str:
    names = {
        "reports": _("reports"),
        "events": _("events"),
        "pair_precision": _("precision of suggested pairs"),
        "pair_recall": _("recall of pairs"),
        "pair_f1": _("F1 of pairs"),
        "top3_recall": _("twin among the first three"),
        "bcubed_f1": _("B-cubed F1 of the clusters"),
    }
    shown = {ALL: _("whole file"), TUNING: _("tuning part"), UNSEEN: _("unseen part")}
    head = " " * 32 + "".join(f"{shown[part]:>14}" for part in found)
    lines = [
        f"{name:32}" + "".join(f"{_number(measures[key]):>14}" for measures in found.values())
        for key, name in names.items()
    ]
    return "\n".join([METHOD, head, *lines])


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"
