"""The table by which a mission grades its incidents: one page, in words, with what a change would do before it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incidents.actions.regrade import grade_by
from incidents.admin.base import reader
from incidents.grading import CODES, DEFAULT_RULES, MOST_STEPS, Effect, Fact, Rule, digest
from incidents.models import Incident, Mission, SeverityRule
from incidents.roles import Action
from incidents.taxonomy import Harm, Perpetrator, Severity
from incidents.triage.rehearsal import Rehearsal, rehearse
from incidents.triage.severity import method, steps_in_words

UNPROCESSABLE = 422
LEAST_PEOPLE, MOST_PEOPLE = 2, 100_000
SLOTS = 2
# They say that there was nothing to count.
LEFT_OUT = {Fact.HARM: (Harm.NONE,), Fact.PERPETRATOR: (Perpetrator.UNKNOWN,)}


def _choices() -> list[tuple[str, str]]:
    floors = [
        (f"{Effect.FLOOR}:{level}", _("at least %(severity)s") % {"severity": Severity(level).label.lower()})
        for level in reversed(Severity.values)
    ]
    raises = [(f"{Effect.RAISE}:{steps}", steps_in_words(steps)) for steps in range(1, MOST_STEPS + 1)]
    return [("", _("does not count")), *floors, *raises]


def _chosen(rule: Rule | None) -> str:
    """A rule's effect as a choice of the select."""
    if rule is None:
        return ""
    return f"{rule.effect}:{rule.level if rule.effect == Effect.FLOOR else rule.steps}"


def _rule(kind: str, code: str, choice: str, threshold: int = 0) -> Rule:
    effect, _colon, value = choice.partition(":")
    if effect == Effect.FLOOR:
        return Rule(kind, code, effect, level=value, threshold=threshold)
    return Rule(kind, code, effect, steps=int(value), threshold=threshold)


@dataclass(frozen=True)
class Line:
    """One fact of the table with its select; `default` is said where the mission's own differs from it."""

    label: str
    effect: Any
    default: str
    people: Any = None


@dataclass(frozen=True)
class Section:
    label: str
    lines: list[Line]


class SeverityTableForm(forms.Form):
    """One select per fact, two lines for numbers of people. Offers floors and raises only: nothing can lower."""

    previewed = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)

    def __init__(self, *args: Any, rules: tuple[Rule, ...], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "table-%s", "label_suffix": "", **kwargs})
        self.choices = _choices()
        by_fact = {(rule.kind, rule.code): rule for rule in rules if rule.kind != Fact.VICTIM_COUNT}
        for kind, code in _facts():
            self._offer(f"{kind}-{code}", _chosen(by_fact.get((kind, code))))
        counts = sorted((rule for rule in rules if rule.kind == Fact.VICTIM_COUNT), key=lambda rule: rule.threshold)
        for slot in range(SLOTS):
            rule = counts[slot] if slot < len(counts) else None
            self.fields[f"people-{slot}"] = forms.IntegerField(
                required=False,
                min_value=LEAST_PEOPLE,
                max_value=MOST_PEOPLE,
                initial=rule.threshold if rule else None,
                label=_("From how many people"),
            )
            self._offer(f"{Fact.VICTIM_COUNT}-{slot}", _chosen(rule))

    def _offer(self, name: str, initial: str) -> None:
        self.fields[name] = forms.ChoiceField(required=False, choices=self.choices, initial=initial)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        seen = set()
        for slot in range(SLOTS):
            name = f"people-{slot}"
            people, choice = given.get(name), given.get(f"{Fact.VICTIM_COUNT}-{slot}")
            if choice and people is None and name not in self.errors:
                self.add_error(name, _("Say from how many people on this counts."))
            if people is not None and people in seen:
                self.add_error(name, _("This number stands in the table already."))
            seen.add(people)
        return given

    def rules(self) -> tuple[Rule, ...]:
        """The table as it was filled in; call only when `is_valid()`."""
        given = self.cleaned_data
        plain = [_rule(kind, code, given[f"{kind}-{code}"]) for kind, code in _facts() if given[f"{kind}-{code}"]]
        counts = [
            _rule(Fact.VICTIM_COUNT.value, "", given[f"{Fact.VICTIM_COUNT}-{slot}"], given[f"people-{slot}"])
            for slot in range(SLOTS)
            if given[f"{Fact.VICTIM_COUNT}-{slot}"]
        ]
        return (*plain, *counts)

    def sections(self) -> list[Section]:
        return [Section(str(kind.label), list(self._lines(kind))) for kind in Fact]

    def _lines(self, kind: Fact) -> Iterator[Line]:
        words = dict(self.choices)
        if kind == Fact.VICTIM_COUNT:
            for slot in range(SLOTS):
                yield Line("", self[f"{kind}-{slot}"], "", self[f"people-{slot}"])
            return
        defaults = {(rule.kind, rule.code): _chosen(rule) for rule in DEFAULT_RULES}
        for fact, code in _facts():
            if fact == kind:
                effect = self[f"{kind}-{code}"]
                usual = defaults.get((fact, code), "")
                label = CODES[kind](code).label if kind in CODES else kind.label
                yield Line(str(label), effect, words[usual] if (effect.value() or "") != usual else "")


def _facts() -> list[tuple[str, str]]:
    """Every fact that can be given an effect, but the numbers of people."""
    listed = [
        (kind.value, code)
        for kind in Fact
        if kind in CODES
        for code in CODES[kind].values
        if code not in LEFT_OUT.get(kind, ())
    ]
    return [*listed, (Fact.POLLING_HOURS.value, "")]


class SeverityTable:
    """Mixed into the missions' admin, which brings `get_object`, `admin_site`, `log_change` and `opts`."""

    def severity_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.severity_view)  # type: ignore[attr-defined]
        return [path("<path:object_id>/severity/", view, name="incidents_mission_severity")]

    def severity_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        mission: Mission = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if not reader(request).may(Action.SET_UP_MISSION):
            raise PermissionDenied
        now = SeverityRule.objects.table(mission.pk)
        if request.method != "POST":
            shown = DEFAULT_RULES if "defaults" in request.GET else now
            return self._page(request, mission, SeverityTableForm(rules=shown))
        form = SeverityTableForm(request.POST, rules=now)
        if not form.is_valid():
            return self._page(request, mission, form, status=UNPROCESSABLE)
        # Saved only as it was looked at: a table that was changed since is shown with what it would do, once more.
        if "save" in request.POST and form.cleaned_data["previewed"] == digest(form.rules()):
            return self._save(request, mission, form.rules())
        seen = Incident.objects.visible_to(request.user).open().filter(mission=mission)
        return self._page(request, mission, form, rehearsed=rehearse(mission, seen, form.rules()))

    def _save(self, request: HttpRequest, mission: Mission, rules: tuple[Rule, ...]) -> HttpResponse:
        due = grade_by(mission, rules)
        self.log_change(request, mission, method(rules))  # type: ignore[attr-defined]
        said = ngettext(
            "Saved. %(count)s incident is being graded anew; that may take a moment.",
            "Saved. %(count)s incidents are being graded anew; that may take a moment.",
            due,
        )
        messages.success(request, said % {"count": due})
        return HttpResponseRedirect(reverse("admin:incidents_mission_severity", args=[mission.pk]))

    def _page(
        self,
        request: HttpRequest,
        mission: Mission,
        form: SeverityTableForm,
        *,
        rehearsed: Rehearsal | None = None,
        status: int = 200,
    ) -> HttpResponse:
        shown = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": gettext_lazy("Severity table"),
            "mission": mission,
            "form": form,
            "rehearsed": rehearsed,
            "moves": _moves(rehearsed) if rehearsed else [],
            "previewed": digest(form.rules()) if rehearsed else "",
        }
        return TemplateResponse(request, "admin/incidents/mission/severity.html", shown, status=status)


def _moves(rehearsed: Rehearsal) -> list[tuple[str, str, int]]:
    """Which levels would change into which, the commonest first."""
    return [(before, after, count) for (before, after), count in rehearsed.moves.most_common()]
