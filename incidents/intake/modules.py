"""Which scripts and styles the monitor's pages are made of: what comes first, what may follow, what is asked for."""

from django.templatetags.static import static

# With the page: the queue, what sends it, and a button that works.
FORM = ("queue", "courier", "start", "form", "leaving")
# By itself, after the first paint.
LATER = ("send", "statement", "faults", "drafts", "more", "position", "words", "places", "after", "seal", "files")
# On demand. `waiting` and `reply` are left to whoever fetches them: without a line there is nothing for them to do.
ASKED = ("pieces", "standing", "carry", "pin", "plain", "sending")
# With the pages beside the form.
RECEIPT = ("queue", "courier", "start", "leaving")
QUESTION = (*RECEIPT, "reply")
OUTBOX = (*RECEIPT, "standing", "outbox")
SAFE = (*RECEIPT, "standing", "safe")
# What the worker runs; it comes after the page.
WORKER = ("queue", "courier", "pieces", "standing", "worker")


def script(name: str) -> str:
    """The name of a module among the static files."""
    return f"incidents/intake/{name}.js"


def first() -> list[str]:
    """The addresses without which the form does not open."""
    styles = ("incidents/css/tokens.css", "incidents/css/intake.css", "incidents/intake/icon.svg")
    return [static(name) for name in (*styles, *map(script, FORM))]


def rest() -> list[str]:
    """The addresses of what may come later, sealing first. The map is left to who asks for it."""
    styles = ("incidents/css/outbox.css", "incidents/css/safe.css")
    others = ("incidents/vendor/age.js", *styles, *map(script, (*LATER, "outbox", "safe", *ASKED)))
    return [static(name) for name in others]
