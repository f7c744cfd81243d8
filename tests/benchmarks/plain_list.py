"""What a partner's list would be without the export: Django REST framework's serializer over the same rows.

Served by the same web server behind the same middleware, from the addresses of this module.
"""

from django.conf import settings
from django.urls import path

from observer.wsgi import application  # noqa: F401, for the web server

settings.ROOT_URLCONF = __name__

from rest_framework import generics, serializers  # noqa: E402, Django must be set up

from incidents.api.health import healthz  # noqa: E402
from incidents.models import Release  # noqa: E402
from incidents.models.release import COLUMNS  # noqa: E402


class ReleaseSerializer(serializers.ModelSerializer):
    mission = serializers.CharField(source="mission.slug")
    is_demonstration = serializers.BooleanField(source="mission.is_demonstration")

    class Meta:
        model = Release
        fields = ("public_id", *COLUMNS, "updated_at", "mission", "is_demonstration")


class Releases(generics.ListAPIView):
    serializer_class = ReleaseSerializer
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def get_queryset(self):
        rows = Release.objects.filter(audience="partner", withdrawn_at=None).select_related("mission")
        return rows.order_by("change")[: int(self.request.query_params["limit"])]


urlpatterns = [path("healthz", healthz), path("releases", Releases.as_view())]
