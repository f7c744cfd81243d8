"""For whoever runs the server: take somebody's second factor away where no other mission admin is there to do it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from incidents import tasks
from incidents.actions.second_factor import remove
from incidents.models import User
from incidents.workflow import MoveNotAllowed


class Command(BaseCommand):
    help = "Take the second factor of an account away; its next sign-in sets up another."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="kept in the logbook")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError("There is no such account.")
        try:
            tasks.ring_urgently(remove(person, actor=None, reason=options["reason"]))
        except MoveNotAllowed as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("Reset. The next sign-in sets up another one.")
