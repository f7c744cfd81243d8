"""A monitor's phone: a real Chromium with a profile of its own, that can be switched off, killed and found again."""

import contextlib
import os
import signal
from pathlib import Path

from playwright.sync_api import Error

from tests.services import chromium_path, wait_until

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--disable-extensions"]
SEND = ".ends .primary"
HERE = {"latitude": -16.51, "longitude": -68.13, "accuracy": 9}


class Handset:
    def __init__(self, engine, profile, base_url):
        self.engine, self.profile, self.base_url = engine, Path(profile), base_url
        self.faults = []
        self.context = self.page = None
        self.switch_on()

    def switch_on(self):
        self.context = self.engine.chromium.launch_persistent_context(
            self.profile,
            executable_path=chromium_path(),
            args=FLAGS,
            viewport={"width": 360, "height": 740},
            geolocation=HERE,
            permissions=["geolocation"],
            locale="en-GB",
        )
        self.page = self.context.pages[0]
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))

    def switch_off(self):
        if self.context:
            self.context.close()

    def kill(self):
        """SIGKILL to the browser's own process, the one that has our profile."""
        os.kill(self._pid(), signal.SIGKILL)
        # Asked to close, a browser that is just dying may never answer; so it is only waited for.
        with contextlib.suppress(Exception):
            self.context.wait_for_event("close", timeout=10_000)
        self.context = None

    def _pid(self):
        wanted = f"--user-data-dir={self.profile}".encode()
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                command = (folder / "cmdline").read_bytes().split(b"\0")
                if wanted in command and not any(word.startswith(b"--type=") for word in command):
                    return int(folder.name)
        raise AssertionError("no such browser")

    def enrol(self, token):
        self.page.goto(f"{self.base_url}/e/{token}/")
        self.page.click("main form button")
        self.page.wait_for_url("**/report/")
        self.settle()

    def restart(self):
        """Politely; and only so is a new cookie sure to be on disk, which Chromium writes twice a minute."""
        self.switch_off()
        self.switch_on()

    def settle(self):
        """Until the worker has the page, and everything that comes later has come."""
        wait_until(lambda: self.page.evaluate("!!navigator.serviceWorker.controller"), what="the worker")
        wait_until(lambda: self.page.evaluate(CACHED) >= 20, what="the files of the app")

    def open(self, path="/report/"):
        wait_until(lambda: self._went(path), what=path)
        wait_until(lambda: self.page.is_visible("[data-line]"), what="the line at the top")

    def _went(self, path):
        """Whether the page is there to stay: the receipt of what was just sent may still come in its place."""
        with contextlib.suppress(Error):
            self.page.goto(self.base_url + path)
            return self.page.url.endswith(path)
        self.page.wait_for_timeout(300)
        return False

    def write(self, words="Three men, no name plates.", **answers):
        """Fill in the form; the number of the report it is."""
        wait_until(lambda: self.page.is_visible("[data-camera]"), what="the rest of the form")
        self.page.check("#categories-arrest_detention")
        self.page.fill("#words", words)
        for name, value in answers.items():
            self.page.fill(f"#{name}", value)
        return self.number()

    def number(self):
        return self.page.input_value("[name=report_id]")

    def file(self, *args, **answers):
        """Write and send; returns once it is on the phone."""
        number = self.write(*args, **answers)
        self.page.click(SEND)
        self.wait_for("Saved on this phone")
        return number

    def wait_for(self, words, seconds=15):
        wait_until(lambda: self._says(words), seconds, what=f"“{words}”")

    def _says(self, words):
        # A page that is being left can't be asked; the receipt comes only after "saved".
        with contextlib.suppress(Exception):
            return words in self.page.inner_text("main") or (words.startswith("Saved") and "-" in self.page.url)
        return False

    def waiting(self):
        """The records of the queue, without their bodies; asked again if the page was just being left."""
        for _ in range(3):
            with contextlib.suppress(Error):
                return self.page.evaluate(WAITING)
            self.page.wait_for_timeout(200)
        return self.page.evaluate(WAITING)

    def wait_until_sent(self, seconds=30):
        wait_until(lambda: self.waiting() == [], seconds, what="an empty queue")

    def offline(self, is_off=True):
        self.context.set_offline(is_off)


WAITING = """() => self.queue.all("reports").then((all) => all.map(({ body, ...rest }) => rest))"""
CACHED = """() => caches.keys().then(async (names) => {
  let count = 0;
  for (const name of names) count += (await (await caches.open(name)).keys()).length;
  return count;
})"""
