"""Prepare the demonstration: database, static files, mission, credentials; then say how to get in."""

import socket
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import override

from incidents.management import demonstration, demonstration_desk


class Command(BaseCommand):
    help = "Prepare the demonstration mission and print its addresses."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address the server will listen on")
        parser.add_argument("--port", type=int, default=8000, help="port the server will listen on")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demonstration. Set OBSERVER_DEMO=1 (make run does).")
        self._need_port(options["host"], options["port"])
        data = Path(settings.DATA_DIR)
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.stdout.write(f"Preparing {data} …")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        # Whole or not at all: a start that was interrupted begins again.
        with override("es"), transaction.atomic():
            mission = demonstration.mission()
            cast = demonstration.people(mission)
            fresh = demonstration.reports(mission, cast)
            if fresh:
                demonstration_desk.furnish(mission, cast)
        if fresh:
            sent = demonstration.send_alerts()
            self.stdout.write(f"Filed {fresh} synthetic reports and sent {sent} alerts about them.")
        self._print(demonstration.credentials(mission, cast, data / "demo.json"), data / "demo.json")

    def _need_port(self, host: str, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except (OSError, OverflowError) as fault:
                raise CommandError(
                    f"Port {port} on {host} is taken or may not be used. Choose another: make run PORT={port + 1}"
                ) from fault

    def _print(self, found: dict[str, Any], path: Path) -> None:
        desk = found["coordinators"][0]
        lines = (
            "",
            "  Monitor      (open on a phone-sized window; works once)",
            f"               {found['monitor_links'][0]}",
            "  Coordinator  (the desk)",
            f"               {desk['url']}",
            f"               user {desk['username']}   password {desk['password']}",
            "  Partner      (the export)",
            f"               {found['partner']['curl']}",
            "  Everybody    (the public page)",
            f"               {found['public_page']}",
            "",
            f"  All credentials: {path}",
            f"  Last mail:       {_last_mail(Path(found['mailbox']))}",
            "  The reports are synthetic. Ctrl-C stops everything; a second run keeps the data.",
            "  Looser than a real mission: 3 monitors hide a place here (usually 5), nothing waits a day before it",
            "  leaves, and the public page is on.",
            "",
        )
        self.stdout.write("\n".join(lines))


def _last_mail(folder: Path) -> str:
    """The newest message; names begin with the time."""
    messages = sorted(folder.glob("*.eml"))
    return str(messages[-1] if messages else folder)
