"""A mail server that keeps a line for each message it accepted, and can misbehave.

A process of its own, `python -m tests.chaos.sink FOLDER PORT`, so that the harness's load does not slow it. The
line is on disk before the answer is given: what the product thinks was not accepted may stand there all the same.
"""

import asyncio
import email
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from email import policy
from pathlib import Path

from aiosmtpd.smtp import SMTP

from tests.services import free_port, listening, stop, wait_until

# Takes all; says "later"; takes it and never answers; takes it and breaks off before it answers.
TAKE, REFUSE, HANG, CLOSE = "take", "refuse", "hang", "close"
SAYS_SO = ("You may already have received this message", "Puede que ya haya recibido este mensaje")


class Postbox:
    def __init__(self, folder: Path) -> None:
        self.mode, self.accepted = folder / "mode", (folder / "accepted").open("a")

    def how(self) -> str:
        return self.mode.read_text() if self.mode.exists() else TAKE

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.how() == REFUSE:
            return "451 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        text = " ".join(message.get_content().split())
        line = {
            "delivery": message["Message-ID"].strip("<>").partition("@")[0],
            "to": envelope.rcpt_tos[0],
            "at": time.time(),
            "says_so": any(words in text for words in SAYS_SO),
        }
        print(json.dumps(line), file=self.accepted, flush=True)
        how = self.how()
        if how == HANG:
            await asyncio.sleep(60)
        if how == CLOSE:
            server.transport.abort()
        return "250 OK"


@dataclass
class Sink:
    folder: Path
    port: int
    process: subprocess.Popen

    @classmethod
    def start(cls, folder: Path) -> "Sink":
        folder.mkdir()
        port = free_port()
        process = subprocess.Popen([sys.executable, "-m", "tests.chaos.sink", folder, str(port)])
        wait_until(lambda: listening(port), what="the mail server")
        return cls(folder, port, process)

    def behave(self, how: str) -> None:
        partial = self.folder / "mode.part"
        partial.write_text(how)
        partial.rename(self.folder / "mode")

    def accepted(self) -> list[dict]:
        """In the order in which they came."""
        return [json.loads(line) for line in (self.folder / "accepted").read_text().splitlines()]

    def stop(self) -> None:
        stop(self.process)


async def serve(folder: Path, port: int) -> None:
    box = Postbox(folder)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, hostname="sink.example", enable_SMTPUTF8=True), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
