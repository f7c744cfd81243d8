"""Partners' keys at the desk: made, granted by a second person, renewed, revoked; and what each has pulled.

What a key opens is chosen once. Its secret is on one answer only, the page that follows its making.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from incidents.actions.grant import grant, make, renew
from incidents.actions.read_only import MissionIsReadOnly
from incidents.actions.revoke import revoke
from incidents.admin import key_words
from incidents.admin.access import Revocable
from incidents.admin.base import reader
from incidents.admin.key_form import ApiKeyForm, RenewForm, usual_last_day
from incidents.admin.setup import offered
from incidents.models import ApiKey, Mission
from incidents.roles import Action
from incidents.templatetags.incidents import when
from incidents.workflow import MoveNotAllowed

UNPROCESSABLE = 422
PULLS_PER_PAGE = 25


@admin.register(ApiKey)
class ApiKeyAdmin(Revocable):
    form = ApiKeyForm
    list_display = ("prefix", "holder", "state", "opens", "used", "volume", "made", "of_mission")
    list_display_links = ("prefix",)
    list_select_related = ("holder", "mission")
    fields = ("holder", "mission", "audience", "departments", "per_minute", "last_day")
    add_form_template = "admin/incidents/apikey/add_form.html"
    change_form_template = "admin/incidents/apikey/change_form.html"

    class Media:
        css = {"all": ("incidents/css/desk_keys.css",)}

    def get_queryset(self, request: HttpRequest) -> Any:
        theirs = ApiKey.objects.filter(mission__in=self.missions(request))
        return theirs.with_volume(timezone.now() - key_words.LATELY)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        steps = (("grant", self.grant_view), ("renew", self.renew_view), ("revoke", self.revoke_view))
        own = [path(f"<path:object_id>/{name}/", view(step), name=f"incidents_apikey_{name}") for name, step in steps]
        return [*own, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not whoever is linked to a force: through the export they would see what the desk keeps from them."""
        return super().has_add_permission(request) and not reader(request).linked_force

    # -- the list ------------------------------------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> Any:
        several = self.missions(request).distinct().count() > 1
        return self.list_display if several else self.list_display[:-1]

    @admin.display(description=_("Opens"))
    def opens(self, key: ApiKey) -> str:
        return key_words.opens(key)

    @admin.display(description=_("State"))
    def state(self, key: ApiKey) -> SafeString:
        return key_words.state(key)

    @admin.display(description=_("Mission"))
    def of_mission(self, key: ApiKey) -> str:
        return key.mission.name

    @admin.display(description=_("Made"))
    def made(self, key: ApiKey) -> Any:
        return when(key.created_at, key.mission.zone)

    @admin.display(description=_("Last used"))
    def used(self, key: ApiKey) -> Any:
        return when(key.last_used_at, key.mission.zone)

    @admin.display(description=_("Last 7 days"))
    def volume(self, key: ApiKey) -> str:
        return key_words.volume(key)

    # -- making one ----------------------------------------------------------------------------------------------------

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "holder":
            pulling = [person.pk for person in offered(db_field, request) if person.may(Action.PULL_RELEASES)]
            field.queryset = field.queryset.filter(pk__in=pulling)
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        missions = list(self.missions(request).distinct())
        asked = request.GET.get("mission")
        chosen: Mission | None = next((one for one in missions if str(one.pk) == asked), next(iter(missions), None))
        return {"mission": chosen, "last_day": usual_last_day(chosen)} if chosen else {}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        missions = list(self.missions(request).distinct())
        try:
            return super().add_view(request, form_url, {"missions": missions, **(extra_context or {})})
        except MissionIsReadOnly:
            raise
        except MoveNotAllowed as refusal:  # what has changed since the form was checked
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Issue the key; its secret is on this request only, for the page that follows."""
        scope = {name: form.cleaned_data[name] for name in ("audience", "departments", "per_minute")}
        key, secret = make(obj.holder, obj.mission, actor=reader(request), expires_at=form.expires_at, **scope)
        obj.pk, obj.prefix = key.pk, key.prefix
        obj._made = key, secret  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        return self._secret_page(request, *obj._made)  # type: ignore[attr-defined]

    def _secret_page(self, request: HttpRequest, key: ApiKey, secret: str) -> HttpResponse:
        shown = {
            **self.admin_site.each_context(request),
            "title": _("API key"),
            "opts": self.opts,
            "person": key.holder,
            "key": key,
            "expires": key.expires_at and key_words.expires(key),
            "secret": secret,
        }
        return TemplateResponse(request, "admin/incidents/secret.html", shown)

    # -- one key -------------------------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        key = self.get_object(request, object_id)
        if request.method == "POST" or not self.has_view_permission(request, key):
            raise PermissionDenied
        return self._page(request, key)

    def _page(self, request: HttpRequest, key: ApiKey, *, refused: RenewForm | None = None) -> HttpResponse:
        found = ApiKey.objects.select_related("mission", "holder", "made_by", "granted_by", "renews")
        key = found.with_volume(timezone.now() - key_words.LATELY).get(pk=key.pk)
        person = reader(request)
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("API key"),
            "key": key,
            "zone": key.mission.zone,
            "state": key_words.state(key),
            "departments": key_words.departments(key),
            "expires": key_words.expires(key),
            "volume": key_words.volume(key),
            "successors": list(key.renewed_by.all()),
            "may_step": person.may(Action.SET_UP_MISSION) and not person.linked_force,
            "is_ones_own": key.made_by_id in (None, person.pk),
            "renew_form": refused or RenewForm(),
            "refused": refused,
            "lines": key_words.lines(key),
            "pulls": Paginator(key.pulls.all(), PULLS_PER_PAGE).get_page(request.GET.get("page", "")[:9]),
        }
        status = UNPROCESSABLE if refused else 200
        return TemplateResponse(request, self.change_form_template, shown, status=status)

    def grant_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self._posted(request, object_id)
        return self._step(request, key, "granted", grant, _("The key opens now."))

    def revoke_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self._posted(request, object_id)
        return self._step(request, key, "revoked", revoke, _("The key opens nothing any more."))

    def renew_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self._posted(request, object_id)
        if request.method != "POST":
            return _to_page(key)
        form = RenewForm(request.POST)
        if not form.is_valid():
            return self._page(request, key, refused=form)
        try:
            fresh, secret = renew(key, actor=reader(request), **form.cleaned_data)
        except MissionIsReadOnly:
            raise
        except MoveNotAllowed as refusal:
            form.add_error(None, str(refusal))
            return self._page(request, key, refused=form)
        self.log_change(request, key, "renewed")
        return self._secret_page(request, fresh, secret)

    def _step(self, request: HttpRequest, key: ApiKey, what: str, verb: Callable[..., Any], done: Any) -> HttpResponse:
        if request.method == "POST":
            try:
                verb(key, actor=reader(request))
            except MissionIsReadOnly:
                raise
            except MoveNotAllowed as refusal:
                messages.error(request, str(refusal))
            else:
                self.log_change(request, key, what)
                messages.success(request, str(done))
        return _to_page(key)

    def _posted(self, request: HttpRequest, object_id: str) -> ApiKey:
        key: ApiKey = self.get_object(request, object_id)
        if not self.has_revoke_permission(request):
            raise PermissionDenied
        return key


def _to_page(key: ApiKey) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:incidents_apikey_change", args=[key.pk]))
