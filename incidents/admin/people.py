"""People and their part in a mission, for mission admins. Nobody is deleted: an account is made inactive."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from incidents.actions.enrol import invite_all
from incidents.actions.read_only import MissionIsReadOnly
from incidents.admin import alerts, cards
from incidents.admin.accounts import Accounts
from incidents.admin.base import DeskInline, reader, without_colon
from incidents.admin.exposure import Exposures
from incidents.admin.fields import SeveralRows
from incidents.admin.identity import Identities, hidden, is_reporter
from incidents.admin.leaving import Leaving
from incidents.admin.people_chips import ActiveChip, PhoneChip, RoleChip, with_phones
from incidents.admin.setup import LANGUAGE_CHOICES, offered
from incidents.models import LogbookEntry, Membership, Mission, Report, User
from incidents.places.lookup import DEPARTMENT_LEVEL
from incidents.roles import Action, Role
from incidents.templatetags.incidents import when

UNPROCESSABLE = 422


class LinkedPerson:
    """Mixed into the forms of a person: a link to a force must not stand beside the power to take it away."""

    cleaned_data: dict[str, Any]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        if given.get("linked_force") and given.get("role") == Role.MISSION_ADMIN:
            refusal = _("A mission admin can not be linked to a force: they could take the link away themselves.")
            self.add_error("linked_force", refusal)  # type: ignore[attr-defined]
        return given


class PersonForm(LinkedPerson, forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_CHOICES)


class NewPersonForm(LinkedPerson, AdminUserCreationForm):
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_CHOICES)

    class Meta:
        model = User
        fields = ("username",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["usable_password"].help_text = _(
            "Monitors need none: an enrolment link opens their phone. "
            "Others choose their own by a link that you issue once they are saved."
        )
        self.fields["usable_password"].initial = "false"


@without_colon
class PasswordForm(AdminPasswordChangeForm):
    pass


class MembershipForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        mission, departments = given.get("mission"), given.get("departments")
        if mission and departments and any(department.mission_id != mission.pk for department in departments):
            self.add_error("departments", _("Choose departments of this membership's mission only."))
        if mission and mission.is_read_only and self.has_changed():
            self.add_error("mission", str(MissionIsReadOnly()))
        return given


class MembershipInline(DeskInline):
    """At least one: without it a person would belong to nobody, and be out of every mission admin's reach."""

    model = Membership
    form = MembershipForm
    to_view = to_add = to_change = to_delete = Action.SET_UP_MISSION
    fields = ("mission", "all_departments", "departments")
    min_num = 1
    validate_min = True

    def get_queryset(self, request: HttpRequest) -> Any:
        missions = Mission.objects.visible_to(request.user)
        return super().get_queryset(request).filter(mission__in=missions).select_related("mission")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **{"validate_min": True, **kwargs})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs |= {"queryset": offered(db_field, request), "label": _("Mission")}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = offered(db_field, request).filter(level=DEPARTMENT_LEVEL)
        kwargs["widget"] = forms.CheckboxSelectMultiple
        kwargs["form_class"] = SeveralRows
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(User)
class PersonAdmin(Leaving, Accounts, Identities, Exposures, UserAdmin):
    form = PersonForm
    add_form = NewPersonForm
    change_password_form = PasswordForm
    inlines = (MembershipInline,)
    list_display = ("code", "role", "organisation_shown", "phone", "linked_force", "account", "signed_in")
    list_filter = (RoleChip, PhoneChip, ActiveChip)
    actions = ("print_cards", "revoke_phones", "retire_chosen")
    frozen_actions = frozenset({"revoke_phones", "retire_chosen"})
    # Nor is an organisation searched: what is found would tell who a reporter is, with no reason given.
    search_fields = ("code",)
    ordering = ("code",)
    sortable_by = ("code", "role")
    filter_horizontal = ()
    change_form_template = "admin/incidents/user/change_form.html"
    _about = ("code", "role", "email", "language", "organisation", "linked_force")
    fieldsets = ((None, {"fields": ("username", *_about)}),)
    add_fieldsets = ((None, {"fields": ("username", *_about, "usable_password", "password1", "password2")}),)

    def get_queryset(self, request: HttpRequest) -> Any:
        mine = Membership.objects.filter(mission__in=self.missions(request)).values("user")
        everybody = reader(request).is_superuser
        seen = User.objects.all() if everybody else User.objects.filter(pk__in=mine)
        has_reported = Exists(Report.objects.filter(reporter=OuterRef("pk")))
        return with_phones(seen).annotate(has_reported=has_reported, time_zone=self.clock_of(request, "pk"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        given = super().get_fieldsets(request, obj)
        if left_out := hidden(request, obj):
            given = [(None, {"fields": [name for name in given[0][1]["fields"] if name not in left_out]})]
        if obj is None or not reader(request).is_superuser:
            return given
        return (*given, (_("Operation of the server"), {"fields": ("is_superuser",)}))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not whoever is linked to a force: they would make themselves an account that is not."""
        return super().has_add_permission(request) and not reader(request).linked_force

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not someone with more reach than oneself: their password would open what one may not enter."""
        if not super().has_change_permission(request, obj) or reader(request).linked_force:
            return False
        if obj is None or reader(request).is_superuser:
            return True
        elsewhere = obj.memberships.exclude(mission__in=self.missions(request)).exists()
        return not obj.is_superuser and not elsewhere

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"incidents_user_{name}")
            for name, view in (("invite", self.invite_view), ("alerts", self.alerts_view))
        ]
        own += [*self.leaving_urls(), *self.account_urls(), *self.identity_urls(), *self.exposure_urls()]
        return [*own, *super().get_urls()]

    @admin.display(description=_("organisation"))
    def organisation_shown(self, person: User) -> Any:
        return _("hidden") if person.organisation and is_reporter(person) else person.organisation

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        person = context.get("original")
        context["may_invite"] = person is not None and self._may_invite(request, person)
        context["may_retire"] = person is not None and self.has_change_permission(request, person)
        context["phones"] = person.devices.filter(revoked_at=None) if context["may_invite"] else []
        context["left"] = _left(request, person) if person is not None and not person.is_active else None
        context |= self.account_context(request, person)
        context["is_hidden"] = person is not None and bool(hidden(request, person))
        context["may_set_alerts"] = person is not None and self._may_set_alerts(request, person)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("Phone"))
    def phone(self, person: User) -> str:
        if person.role != Role.MONITOR:
            return ""
        return str(_("yes") if person.has_phone else _("card") if person.is_invited else _("none"))  # type: ignore[attr-defined]

    @admin.display(description=_("Account"))
    def account(self, person: User) -> str:
        return str(_("in service") if person.is_active else _("retired"))

    @admin.display(description=User._meta.get_field("last_login").verbose_name)
    def signed_in(self, person: User) -> Any:
        return when(person.last_login, person.zone)

    def _may_invite(self, request: HttpRequest, person: User) -> bool:
        return person.may(Action.FILE_REPORT) and self.has_change_permission(request, person)

    def _may_set_alerts(self, request: HttpRequest, person: User) -> bool:
        told = person.may(Action.HANDLE_INCIDENT) or person.may(Action.PULL_RELEASES)
        return told and self.has_change_permission(request, person)

    def alerts_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What this person hears of, and how, as far as it is about the reader's own missions."""
        person = self.get_object(request, object_id)
        if not self._may_set_alerts(request, person):
            raise PermissionDenied
        theirs = alerts.of(person, self.missions(request))
        answer = alerts.respond(request, theirs, {**self.admin_site.each_context(request), "opts": self.opts})
        if request.method == "POST" and answer.status_code < UNPROCESSABLE:
            self.log_change(request, person, "alerts changed")
        return answer

    def invite_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make a one-time link and show it, once: only its hash is kept."""
        person = self.get_object(request, object_id)
        mission = person.latest_mission
        if mission is None or not self._may_invite(request, person):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:incidents_user_change", args=[person.pk]))
        ends_phones = "revoke" in request.POST
        ((_person, invitation, secret),) = invite_all(
            [person], mission=mission, actor=reader(request), revoke=ends_phones
        )
        self.log_change(request, person, "invitation issued")
        link = settings.SITE_URL + reverse("intake:enrol", args=[secret])
        shown = {
            **self.admin_site.each_context(request),
            "title": _("Enrolment link"),
            "opts": self.opts,
            "person": person,
            "expires_at": invitation.expires_at,
            "zone": mission.zone,
            "secret": link,
            "qr": cards.qr(link),
        }
        return TemplateResponse(request, "admin/incidents/secret.html", shown)


def _left(request: HttpRequest, person: User) -> LogbookEntry | None:
    """When and why they were retired, as the logbook has it."""
    entries = LogbookEntry.objects.visible_to(request.user).select_related("actor")
    return entries.filter(event="person.retired", detail__person=person.pk).first()
