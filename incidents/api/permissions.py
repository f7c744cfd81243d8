"""What a key opens."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from incidents.roles import Action


class MayPullReleases(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        user: Any = request.user
        return bool(user and user.may(Action.PULL_RELEASES))
