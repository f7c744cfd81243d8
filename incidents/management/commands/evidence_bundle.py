"""Write the evidence bundle of one incident to a file: for a lawyer, with what it takes to check it."""

import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from incidents.actions.bundle import make_bundle
from incidents.models import Incident
from incidents.workflow import MoveNotAllowed


class Command(BaseCommand):
    help = "Write the evidence bundle of one incident. That it was made, and why, stands in its timeline."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("incident", metavar="ID", help="the long id in the address of its page")
        parser.add_argument("file", metavar="FILE", help="the ZIP to write; it must not be there yet")
        parser.add_argument("--reason", required=True, help="why it is made, and for whom")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with Path(options["file"]).open("xb") as file:
                file.writelines(make_bundle(uuid.UUID(options["incident"]), actor=None, reason=options["reason"]))
        except FileExistsError as fault:
            raise CommandError(_("%(name)s is there already.") % {"name": options["file"]}) from fault
        except (ValueError, Incident.DoesNotExist) as fault:
            Path(options["file"]).unlink()
            raise CommandError(_("There is no such incident.")) from fault
        except MoveNotAllowed as fault:
            Path(options["file"]).unlink()
            raise CommandError(str(fault)) from fault
