"""What a key opens."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from incidents.roles import Action


class MayPullReleases(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        user: Any = request.user
        key: Any = request.auth
        if key and key.mission.is_closed:
            raise PermissionDenied(_("This mission is closed: its export has stopped."))
        return bool(user and user.may(Action.PULL_RELEASES))
