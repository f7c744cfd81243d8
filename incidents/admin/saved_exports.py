"""Saved addresses at the desk: which filters stand behind a name that partners keep in their spreadsheets."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from incidents.admin.setup import SetupModelAdmin
from incidents.models import SavedExport, parameters
from incidents.roles import Action
from incidents.statement import refuse_surrogates

FORMS = ("csv", "xlsx", "json", "geojson")


class SavedExportForm(forms.ModelForm):
    class Meta:
        model = SavedExport
        fields = ("mission", "slug", "query")
        widgets: ClassVar[Any] = {"query": forms.Textarea({"rows": 3})}
        help_texts = {
            "slug": _("Part of the address: whoever uses it has to be told when it changes."),
            "query": _("As behind the question mark of an address, such as category=shooting&department=BO-L."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "mission" in self.fields:  # another mission's is another address
            self.fields["mission"].disabled = True

    def clean_query(self) -> str:
        """Read as the export reads it, so that nothing is saved which it would refuse."""
        query = "".join(line.strip() for line in self.cleaned_data["query"].splitlines()).lstrip("?&")
        refuse_surrogates(query)
        try:
            parameters.read(QueryDict(query), parameters.SAVED)
        except parameters.NotUnderstood as refusal:
            said = [f"{name}: {' '.join(faults)}" for name, faults in refusal.faults.items()]
            raise ValidationError(said) from refusal
        return query


@admin.register(SavedExport)
class SavedExportAdmin(SetupModelAdmin):
    to_delete = Action.SET_UP_MISSION
    form = SavedExportForm
    list_display = ("slug", "query", "of_mission")
    list_select_related = ("mission",)
    sortable_by = ()
    fields = ("mission", "slug", "query")

    class Media:
        css = {"all": ("incidents/css/desk_keys.css",)}

    def get_queryset(self, request: HttpRequest) -> Any:
        return SavedExport.objects.filter(mission__in=self.missions(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("mission", "slug", "query", *(("addresses",) if obj else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("addresses",) if obj else ()

    def get_list_display(self, request: HttpRequest) -> Any:
        several = self.missions(request).distinct().count() > 1
        return self.list_display if several else ("slug", "query")

    @admin.display(description=_("Mission"))
    def of_mission(self, row: SavedExport) -> str:
        return row.mission.name

    @admin.display(description=_("Addresses"))
    def addresses(self, row: SavedExport) -> SafeString:
        found = ((settings.SITE_URL + reverse(f"api:saved-{form}", args=[row.slug]),) for form in FORMS)
        return format_html_join("", '<p class="copied"><code>{}</code></p>', found)
