"""What a key opens."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from incidents.roles import Action


class MayPullReleases(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        return bool(user and user.may(Action.PULL_RELEASES))
