"""Make a root of the record now, and print it as it is to be written down; the sweep makes one each night by itself."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents import tasks
from incidents.actions.close_day import make_root
from incidents.management import missions


class Command(BaseCommand):
    help = "Make a root over all that was written in a mission since the last one, and print it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mission", metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mission = missions.find(options["mission"])
        except missions.MissionFault as fault:
            raise CommandError(str(fault)) from fault
        root = make_root(mission)
        tasks.ring(tasks.settle_root, root.pk)
        self.stdout.write(f"{mission.slug} {root.day} {' '.join(root.groups)}")
