"""Taking sheets over at the desk: first what each row would do, then all of it or nothing.

A checked sheet waits in the database, for whoever checked it; its address says nothing, and its words go nowhere else.
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from incidents.actions.bulk import Bulk, NotAsShown, Weighed, take_over
from incidents.actions.import_accounts import DeskPeople, Monitors
from incidents.actions.import_alerts import Alerts
from incidents.actions.import_places import Stations, Towns
from incidents.actions.import_rota import Rota
from incidents.actions.import_rules import Rules
from incidents.admin.base import reader
from incidents.admin.import_shown import LABELS, Section, said, sections
from incidents.models import CheckedSheet, Mission
from incidents.models.enrolment import new_secret, secret_hash
from incidents.places.files import FileFault
from incidents.roles import Action
from incidents.sheet import SheetFault
from incidents.sheet.columns import Reading, reading
from incidents.sheet.table import decoded, read, written
from incidents.statement import refuse_surrogates

UNPROCESSABLE = 422
ROW_LIMIT = 10_000
SIZE_LIMIT = 5 * 1024 * 1024
# What a request takes beside a file; more is asked for as a file.
PASTED_LIMIT = 300_000
# A longer sheet is mended in the spreadsheet, not in a text area.
SHOWN_AGAIN = 100_000

KINDS: dict[str, tuple[type[Bulk], Any]] = {
    "monitors": (Monitors, gettext_lazy("Monitors")),
    "desk": (DeskPeople, gettext_lazy("Coordinators and admins")),
    "stations": (Stations, gettext_lazy("Polling stations")),
    "towns": (Towns, gettext_lazy("Towns and villages")),
    "rota": (Rota, gettext_lazy("Rota")),
    "alerts": (Alerts, gettext_lazy("What each hears of")),
    "rules": (Rules, gettext_lazy("Severity rules")),
}


class SheetForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste the cells here, with their header"),
        required=False,
        max_length=PASTED_LIMIT,
        strip=False,
        validators=[refuse_surrogates],
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off", "dir": "auto"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "sheet-%s", "label_suffix": "", **kwargs})
        self.fields["file"].help_text = _("At most %(rows)s rows and %(size)s.") % {
            "rows": f"{ROW_LIMIT:,}".replace(",", "\u202f"),
            "size": filesizeformat(SIZE_LIMIT),
        }

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and getattr(file, "fault", None):
            raise ValidationError(_("The server could not keep the file: its disk may be full. Nothing was stored."))
        if file and file.size > SIZE_LIMIT:
            message = _("This file is larger than %(size)s. Cut it in parts.")
            raise ValidationError(message % {"size": filesizeformat(SIZE_LIMIT)})
        return file

    def sheet(self) -> str:
        """The text of what was sent; a file counts before what was pasted. Raises SheetFault."""
        file = self.cleaned_data.get("file")
        if file:
            return decoded(file.read())
        if not self.cleaned_data["text"].strip():
            raise SheetFault(_("Choose a file, or paste cells below."))
        return str(self.cleaned_data["text"])


@dataclass
class Checked:
    """What the page says of a sheet: what it would do, and the token by which it may be done."""

    weighed: Weighed
    reading: Reading
    sections: list[Section]
    counts: list[tuple[str, int]]
    token: str = ""


class Importing:
    """Mixed into the missions' admin, which brings `get_object`, `admin_site` and `opts`."""

    def import_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        here = "<path:object_id>/import/<slug:kind>/"
        return [
            path(here, view(self.import_view), name="incidents_mission_import"),
            path(f"{here}template.csv", view(self.template_view), name="incidents_mission_import_template"),
        ]

    def _asked(self, request: HttpRequest, object_id: str, kind: str) -> tuple[Bulk, Mission]:
        mission: Mission = self.get_object(request, object_id)  # type: ignore[attr-defined]
        # Nor whoever is linked to a force: they would make themselves an account that is not.
        if not reader(request).may(Action.SET_UP_MISSION) or reader(request).linked_force:
            raise PermissionDenied
        if kind not in KINDS:
            raise Http404
        return KINDS[kind][0](mission, reader(request)), mission

    def template_view(self, request: HttpRequest, object_id: str, kind: str) -> HttpResponse:
        """A sheet with its header and an example, which is left out when it comes back."""
        bulk, _mission = self._asked(request, object_id, kind)
        language = get_language() or ""
        rows = [[column.name(language) for column in bulk.columns], [column.example for column in bulk.columns]]
        # A spreadsheet in Spanish takes a semicolon between cells, for the comma stands in its numbers.
        answer = HttpResponse(written(rows, ";" if language == "es" else ","), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
        return answer

    def import_view(self, request: HttpRequest, object_id: str, kind: str) -> HttpResponse:
        bulk, _mission = self._asked(request, object_id, kind)
        CheckedSheet.objects.discard_old()
        if request.method != "POST":
            return self._sheet_page(request, bulk, SheetForm())
        if "do" in request.POST:
            return self._do(request, bulk)
        form = SheetForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._sheet_page(request, bulk, form)
        try:
            text = form.sheet()
            checked = _check(bulk, text)
        except (SheetFault, FileFault) as fault:
            form.add_error("file" if form.cleaned_data.get("file") else "text", str(fault))
            return self._sheet_page(request, bulk, form)
        return self._sheet_page(request, bulk, _again(text), checked)

    def _do(self, request: HttpRequest, bulk: Bulk) -> HttpResponse:
        token = secret_hash(request.POST.get("token", ""))
        waiting = CheckedSheet.objects.waiting().filter(mission=bulk.mission, actor=bulk.actor, kind=bulk.code)
        sheet = waiting.filter(token_hash=token).first()
        if sheet is None:
            messages.error(request, _("Nothing was done: this sheet was taken over already, or its check is too old."))
            return self._sheet_page(request, bulk, SheetForm(), status=UNPROCESSABLE)
        rows = reading(read(sheet.text, ROW_LIMIT), bulk.columns).rows
        try:
            weighed, made = take_over(bulk, rows, shown=sheet.digest, take_away="take_away" in request.POST)
        except NotAsShown:
            messages.error(
                request, _("Nothing was done: something was changed since. This is what the sheet would do now.")
            )
            return self._sheet_page(request, bulk, _again(sheet.text), _check(bulk, sheet.text), status=UNPROCESSABLE)
        CheckedSheet.objects.filter(pk=sheet.pk).update(text="", made=made)
        messages.success(request, said(weighed))
        return HttpResponseRedirect(request.path)

    def _sheet_page(
        self, request: HttpRequest, bulk: Bulk, form: SheetForm, checked: Checked | None = None, status: int = 200
    ) -> HttpResponse:
        language = get_language() or ""
        label = KINDS[bulk.code][1]
        shown = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("Import: %(what)s") % {"what": label},
            "mission": bulk.mission,
            "kind": bulk.code,
            "kinds": [
                (str(name), reverse("admin:incidents_mission_import", args=[bulk.mission.pk, code]), code == bulk.code)
                for code, (_class, name) in KINDS.items()
            ],
            "columns": [(column, column.name(language), column.names) for column in bulk.columns],
            "form": form,
            "checked": checked,
            "made": _just_made(bulk) if bulk.code == Monitors.code and checked is None else 0,
        }
        status = UNPROCESSABLE if form.errors else status
        return TemplateResponse(request, "admin/incidents/mission/import.html", shown, status=status)


def _check(bulk: Bulk, text: str) -> Checked:
    """Weigh a sheet, and keep it for the next step unless it can't be taken. Raises SheetFault."""
    read_in = reading(read(text, ROW_LIMIT), bulk.columns)
    if not read_in.rows:
        raise SheetFault(_("There is nothing in it but the row of the example."))
    weighed = bulk.weigh(read_in.rows)
    found = Checked(weighed, read_in, sections(weighed, bulk), _counts(weighed))
    if weighed.is_refused or weighed.is_idle:
        return found
    found.token = new_secret()
    kept = {"text": text, "digest": weighed.digest, "token_hash": secret_hash(found.token)}
    CheckedSheet.objects.update_or_create(
        mission=bulk.mission,
        actor=bulk.actor,
        kind=bulk.code,
        defaults={**kept, "checked_at": timezone.now(), "made": []},
    )
    return found


def _counts(weighed: Weighed) -> list[tuple[str, int]]:
    return [(str(label), weighed.tally[result]) for result, label in LABELS.items()]


def _again(text: str) -> SheetForm:
    """What was sent, to be mended in place where it is short enough."""
    return SheetForm(initial={"text": text if len(text) <= SHOWN_AGAIN else ""})


def _just_made(bulk: Bulk) -> int:
    sheet = CheckedSheet.objects.filter(mission=bulk.mission, actor=bulk.actor, kind=bulk.code).first()
    return len(sheet.made) if sheet else 0
