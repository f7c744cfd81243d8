"""Triage one incident or a whole mission again: after a new table, new boundaries, or a new version of a method.

Done twice, the second time writes nothing; stopped in the middle, running it again goes on.
"""

import sys
import uuid
from argparse import ArgumentParser
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from tqdm import tqdm

from incidents import tasks
from incidents.actions.assess import reassess
from incidents.management import missions
from incidents.management.stopping import INTERRUPTED, interruptible
from incidents.models import Delivery, Incident

PLAIN_STEP = 500


class Command(BaseCommand):
    help = "Triage incidents again. What did not change is not written anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--mission", metavar="SLUG")
        which.add_argument("--incident", metavar="ID", help="the long id in the address of its page")
        parser.add_argument("--since", metavar="TIME", help="only what was opened since, such as 2020-10-18T06:00Z")

    def handle(self, *args: Any, **options: Any) -> None:
        ids = list(self._chosen(options).order_by("opened_at", "pk").values_list("pk", flat=True))
        tally: Counter[str] = Counter()
        on_terminal = sys.stderr.isatty()
        with (
            interruptible() as interrupted,
            tqdm(total=len(ids), unit="incident", disable=not on_terminal, file=sys.stderr) as bar,
        ):
            for pk in ids:
                tally[self._take(pk)] += 1
                bar.update()
                done = tally.total()
                if not on_terminal and done % PLAIN_STEP == 0:
                    self.stdout.write(_("%(done)d of %(all)d incidents") % {"done": done, "all": len(ids)})
                if interrupted:
                    break
        self._conclude(tally, len(ids), bool(interrupted))

    def _chosen(self, options: dict[str, Any]) -> Any:
        found = Incident.objects.all()
        if options["since"]:
            found = found.filter(opened_at__gte=_moment(options["since"]))
        if options["mission"]:
            try:
                return found.filter(mission=missions.find(options["mission"]), merged_into=None)
            except missions.MissionFault as fault:
                raise CommandError(str(fault)) from fault
        try:
            found = found.filter(pk=uuid.UUID(options["incident"]))
        except ValueError as fault:
            raise CommandError(_("This is not the id of an incident.")) from fault
        if not found.exists():
            raise CommandError(_("There is no such incident."))
        return found

    def _take(self, pk: uuid.UUID) -> str:
        """Triage one; a fault in one must not keep the others from being looked at."""
        try:
            changed, queued = reassess(pk)
        except OperationalError as fault:
            raise CommandError(_("The database does not answer. Run this again to go on.")) from fault
        except Exception as fault:
            self.stderr.write(_("incident %(id)s: %(why)s") % {"id": pk, "why": type(fault).__name__})
            return "failed"
        for delivery in Delivery.objects.filter(pk__in=queued):
            tasks.ring(tasks.send_delivery, delivery.pk, urgent=delivery.kind == Delivery.Kind.DANGER)
        return "changed" if changed else "same"

    def _conclude(self, tally: Counter[str], there: int, was_interrupted: bool) -> None:
        lines = (
            (_("Incidents looked at"), tally.total()),
            (_("changed"), tally["changed"]),
            (_("as before"), tally["same"]),
            (_("failed"), tally["failed"]),
        )
        self.stdout.write("\n".join(f"{count:>8}  {name}" for name, count in lines))
        if was_interrupted:
            message = _("Stopped after %(done)d of %(all)d incidents. Run it again to go on.")
            raise CommandError(message % {"done": tally.total(), "all": there}, returncode=INTERRUPTED)
        if tally["failed"]:
            raise CommandError(_("Some incidents could not be triaged; they are as they were."))


def _moment(text: str) -> datetime:
    try:
        read = parse_datetime(text if "T" in text else f"{text}T00:00Z")
    except ValueError:
        read = None
    if read is None:
        raise CommandError(_("Write the time as 2020-10-18 or 2020-10-18T06:00Z."))
    return read if read.tzinfo else read.replace(tzinfo=UTC)
