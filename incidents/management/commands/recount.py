"""Compare the tally behind the desk's list and map with the incidents themselves, and make it anew.

The numbers that the desk shows rest on sums (see `incidents/models/tally.py`). They are kept exact with every change;
this is for whoever doubts it, for a database that was changed by hand, and after a restore.
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from incidents.actions.fold import compare, fold, make_anew
from incidents.management.stopping import INTERRUPTED, interruptible
from incidents.models import Mark


class Command(BaseCommand):
    help = "Compare the sums behind the desk's list and map with the incidents; --mend makes them anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mend", action="store_true", help="throw the sums away and count everything again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["mend"]:
            if not make_anew():
                raise CommandError(_("A worker is counting at this moment. Run this again."))
            self._fold()
        found = compare()
        if not found:
            raise CommandError(_("A worker is counting at this moment. Run this again."))
        lines = ((_("incidents counted otherwise than they are"), "incidents"), (_("sums that are off"), "sums"))
        self.stdout.write("\n".join(f"{found[name]:>8}  {label}" for label, name in lines))
        self.stdout.write(f"{Mark.objects.count():>8}  " + _("marks that wait to be counted"))
        if any(found.values()):
            raise CommandError(_("The sums are off. Run this with --mend to make them anew."))

    def _fold(self) -> None:
        """What is marked is exact while this goes on, only slower to read; stopped, a worker goes on with it."""
        with (
            interruptible() as interrupted,
            tqdm(total=Mark.objects.count(), unit="incident", disable=not sys.stderr.isatty(), file=sys.stderr) as bar,
        ):
            while not interrupted and (done := fold()):
                bar.update(done)
        if interrupted:
            raise CommandError(_("Stopped. A worker goes on with it, or run this again."), returncode=INTERRUPTED)
