"""The questions of the form one by one, for browsers without scripts: their order, and what was answered.

The fields and their rules are those of `IntakeForm`. Knows no HTTP; how a step looks is its template's affair.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from incidents.intake.forms import GROUPS, TITLES, UNUSED, IntakeForm


@dataclass(frozen=True)
class Step:
    """One page. Its template stands in `intake/steps/`; the default one shows a single question of boxes or radios."""

    code: str
    title: str | Promise
    fields: tuple[str, ...]
    hint: str | Promise = ""
    template: str = "choices"

    def is_asked(self, sent: QueryDict) -> bool:
        """How sure somebody is, only of whom they named."""
        return self.code != "sure" or bool(sent.getlist("perpetrators"))

    def is_faulty(self, form: IntakeForm) -> bool:
        return any(name in form.errors for name in self.fields)


STEPS = (
    Step("danger", _("Are you in danger?"), ("in_danger_now",), template="danger"),
    Step("what", _("What happened?"), ("categories",), _("Choose all that fit.")),
    Step("who", _("Who did it?"), ("perpetrators",)),
    Step(
        "sure",
        _("How sure, and how you know them"),
        ("certainty", "identification", "perpetrator_detail"),
        template="sure",
    ),
    Step("whom", _("To whom?"), ("victims", "victim_count"), template="whom"),
    Step("harm", _("Was anyone harmed?"), ("harms",)),
    Step("when", _("When?"), ("timing", "occurred_at"), template="when"),
    Step("where", _("Where?"), ("location_source", "place", "latitude", "longitude", "accuracy_m"), template="where"),
    Step("how", _("How do you know?"), ("source_relation",)),
    Step("words", _("In your words"), ("words",), template="words"),
    Step("reader", _("Who may read it?"), ("consent",), _("Your name is never given to anyone outside the mission.")),
)
BY_CODE = {step.code: step for step in STEPS}


def asked(sent: QueryDict) -> list[Step]:
    return [step for step in STEPS if step.is_asked(sent)]


def after(step: Step, sent: QueryDict) -> Step | None:
    """The next question; None when all were asked."""
    rest = STEPS[STEPS.index(step) + 1 :]
    return next((other for other in rest if other.is_asked(sent)), None)


def before(step: Step | None, sent: QueryDict) -> Step:
    """The question before this one, or before the end; the first one has itself before it."""
    earlier = STEPS[: STEPS.index(step)] if step else STEPS
    return next((other for other in reversed(earlier) if other.is_asked(sent)), STEPS[0])


def first_faulty(form: IntakeForm) -> Step:
    return next((step for step in STEPS if step.is_faulty(form)), STEPS[0])


@dataclass(frozen=True)
class Answer:
    """What was said to a question: texts, each with the name of its box where the question has several."""

    step: Step
    said: list[tuple[str | Promise, str | Promise]]


def answers(form: IntakeForm) -> list[Answer]:
    """Everything that would be sent, in the order of the questions; of a valid form."""
    unused = UNUSED.get(form.cleaned_data["location_source"], ())
    return [
        Answer(step, [said for name in step.fields if name not in unused for said in _said(form, name)])
        for step in asked(form.sent)
    ]


def _said(form: IntakeForm, name: str) -> Iterator[tuple[str | Promise, str | Promise]]:
    if name in GROUPS:
        group = form.groups[name]
        yield from (("", choice.label) for choice in (*group.first, *group.rest) if choice.chosen)
    elif name == "in_danger_now":
        yield "", _("Yes") if form.cleaned_data[name] else _("No")
    elif text := _text(form, name):
        yield "" if name == "words" else TITLES[name], text


def _text(form: IntakeForm, name: str) -> str:
    """As it was typed, for what can't be read may be sent too; times and places as people say them."""
    read = form.cleaned_data[name]
    if isinstance(read, datetime):
        return f"{date_format(localtime(read), 'DATE_FORMAT')}, {localtime(read):%H:%M}"
    if name == "place":
        return next((place.name for place in form.listed if place.code == read), "")
    return str(form[name].value() or "").strip()
