"""Loading boundaries and places from a file at the desk: the same readers and rules as `manage.py load_places`.

The file is worked through while its sender waits, so that its size is limited; what is larger has the command.
"""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incidents.actions.read_only import check_open
from incidents.actions.regrade import locate_anew
from incidents.admin.base import reader
from incidents.models import Mission, Place
from incidents.places.files import FORMATS, FileFault, open_layer
from incidents.places.load import Load, Result, Told
from incidents.places.plan import DEEPEST, Plan
from incidents.roles import Action
from incidents.statement import refuse_surrogates

UNPROCESSABLE = 422
SIZE_LIMIT = 10 * 1024 * 1024
ROW_LIMIT = 10_000
SHOWN_ROWS = 100


def _kinds() -> list[tuple[str, str]]:
    levels = {1: _("Departments (level 1)"), 2: _("Provinces (level 2)"), 3: _("Municipalities (level 3)")}
    areas = [
        (str(level), levels.get(level) or _("Level %(level)d") % {"level": level}) for level in range(1, DEEPEST + 1)
    ]
    points = [
        (Place.Kind.POLLING_STATION.value, _("Polling stations")),
        (Place.Kind.LOCALITY.value, _("Towns and villages")),
    ]
    return [*areas, *points]


def _column(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=100, validators=[refuse_surrogates]
    )


class LoadForm(forms.Form):
    mission = forms.ModelChoiceField(Mission.objects.none(), label=gettext_lazy("Mission"), empty_label=None)
    kind = forms.ChoiceField(label=gettext_lazy("What the file holds"), choices=_kinds)
    file = forms.FileField(label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ",".join(FORMATS)}))
    name = _column(gettext_lazy("Column with the name"))
    code = _column(gettext_lazy("Column with the code"))
    parent = _column(gettext_lazy("Column with what it lies in"), gettext_lazy("Code or name of the boundary above."))
    layer = _column(gettext_lazy("Layer"), gettext_lazy("Only for a GeoPackage that holds several."))
    locate = forms.BooleanField(
        label=gettext_lazy("Afterwards, place this mission's open incidents anew"), required=False, initial=True
    )

    def __init__(self, *args: Any, missions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "load-%s", "label_suffix": "", **kwargs})
        self.fields["mission"].queryset = missions  # type: ignore[attr-defined]
        self.fields["file"].help_text = _(
            "GeoJSON, GeoPackage, a zipped shapefile or CSV, in WGS 84; at most %(size)s and %(rows)s rows. "
            "For larger files there is the command load_places."
        ) % {"size": filesizeformat(SIZE_LIMIT), "rows": ROW_LIMIT}

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if getattr(file, "fault", None):
            raise ValidationError(_("The server could not keep the file: its disk may be full. Nothing was loaded."))
        if file.size > SIZE_LIMIT:
            raise ValidationError(_("This file is too large for this page. Use the command load_places, or cut it."))
        return file

    def plan(self) -> Plan:
        given = self.cleaned_data
        names = {"": given["name"]} if given["name"] else {}
        kind = "" if given["kind"].isdigit() else given["kind"]
        level = int(given["kind"]) if given["kind"].isdigit() else 1
        return Plan(kind, level, names, given["code"], given["parent"])


@dataclass
class Account:
    """What became of the rows: numbers that add up, and the rows that have something to say."""

    is_rehearsal: bool
    counts: list[tuple[str, int]]
    told: list[Told] = field(default_factory=list)
    more: int = 0

    @property
    def is_refused(self) -> bool:
        return any(told.result is Result.REFUSED for told in self.told)


def _load(form: LoadForm, *, is_rehearsal: bool) -> Account:
    """Work the uploaded file through. Raises FileFault."""
    upload = form.cleaned_data["file"]
    with tempfile.TemporaryDirectory() as folder:
        # Under a name of ours: the reader goes by the ending, and the rest of theirs is nobody's business.
        copy = Path(folder) / f"upload{Path(upload.name).suffix.lower()[:9]}"
        with copy.open("wb") as target:
            shutil.copyfileobj(upload, target)
        layer = open_layer(copy, form.cleaned_data["layer"])
        if layer.count > ROW_LIMIT:
            message = _("This file has %(count)d rows, too many for this page. Use the command load_places, or cut it.")
            raise FileFault(message % {"count": layer.count})
        work = Load(form.cleaned_data["mission"], form.plan(), layer, is_rehearsal)
        told = [one for one in work.take_all() if one.words]
    told.sort(key=lambda one: one.result is not Result.REFUSED)
    return Account(is_rehearsal, _counts(work), told[:SHOWN_ROWS], max(0, len(told) - SHOWN_ROWS))


def _counts(work: Load) -> list[tuple[str, int]]:
    words = {
        Result.NEW: _("new"),
        Result.HERE: _("already here"),
        Result.CHANGED: _("changed"),
        Result.REFUSED: _("refused"),
    }
    return [(_("Rows read"), work.read), *((label, work.tally[result]) for result, label in words.items())]


class Loading:
    """Mixed into the boundaries' admin, which brings `missions`, `admin_site`, `log_change` and `opts`."""

    def load_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.load_view)  # type: ignore[attr-defined]
        return [path("load/", view, name="incidents_boundary_load")]

    def load_view(self, request: HttpRequest) -> HttpResponse:
        if not reader(request).may(Action.SET_UP_MISSION):
            raise PermissionDenied
        missions = self.missions(request).distinct()  # type: ignore[attr-defined]
        if request.method != "POST":
            return self._show(request, LoadForm(missions=missions, initial={"mission": request.GET.get("mission")}))
        form = LoadForm(request.POST, request.FILES, missions=missions)
        account = None
        if form.is_valid():
            check_open(form.cleaned_data["mission"])
            try:
                account = _load(form, is_rehearsal="check" in request.POST)
            except FileFault as fault:
                form.add_error("file", str(fault))
        if account and not account.is_rehearsal:
            self._conclude(request, form)
        return self._show(request, form, account)

    def _conclude(self, request: HttpRequest, form: LoadForm) -> None:
        mission = form.cleaned_data["mission"]
        self.log_change(request, mission, f"loaded {form.cleaned_data['kind']}")  # type: ignore[attr-defined]
        if not form.cleaned_data["locate"]:
            return
        due = locate_anew(mission)
        said = ngettext(
            "%(count)s open incident is being placed anew; that may take a moment.",
            "%(count)s open incidents are being placed anew; that may take a moment.",
            due,
        )
        messages.success(request, said % {"count": due})

    def _show(self, request: HttpRequest, form: LoadForm, account: Account | None = None) -> HttpResponse:
        shown = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("Load boundaries and places"),
            "form": form,
            "account": account,
        }
        status = UNPROCESSABLE if form.errors else 200
        return TemplateResponse(request, "admin/incidents/boundary/load.html", shown, status=status)
