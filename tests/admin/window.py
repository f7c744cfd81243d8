"""A real browser's window on the desk: signed in as a test client is, its faults collected, judged by axe.

It knows no page of the desk: what is pressed there, and what must come of it, is the tests'.
"""

import contextlib
import os

from django.db import connections

from tests.intake.test_accessibility import AXE, QUIET
from tests.services import chromium_path, need

TELL = "addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.violatedDirective, e.blockedURI))"
JUDGE = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  // A colour on its way from light to dark is neither.
  for (const moving of document.getAnimations()) if (moving instanceof CSSTransition) moving.finish();
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  const faults = found.violations.map(({id, nodes}) => `${id}: ${nodes[0].html}`);
  const {scrollWidth, clientWidth} = document.documentElement;
  return scrollWidth > clientWidth ? [...faults, `scrolls sideways: ${scrollWidth} px`] : faults;
}"""
HERE = ("http://127.0.0.1", "http://localhost", "data:", "blob:")


@contextlib.contextmanager
def chromium(monkeypatch):
    need("Chromium")
    from playwright.sync_api import sync_playwright

    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium_path(), args=QUIET)
        yield browser
        browser.close()
        connections.close_all()  # a loop's context has connections of its own


def opened(browser, server, client, *, script="", **options):
    """A page with `client`'s cookies; errors, what the policy refused and requests to others come into its `faults`."""
    context = browser.new_context(**{"locale": "en", **options})
    context.add_cookies([{"name": name, "value": one.value, "url": server.url} for name, one in client.cookies.items()])
    context.add_init_script(TELL + ";" + script)
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: None if asked.url.startswith(HERE) else page.faults.append(asked.url))
    return page


def judge(page):
    """What axe finds on the page as it is shown, and whether it has to be scrolled sideways."""
    page.evaluate(AXE)
    return page.evaluate(JUDGE)
