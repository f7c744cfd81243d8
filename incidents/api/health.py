"""For machines that watch: is the process alive, and can it do its work."""

import tempfile

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection

from incidents.models import Assessment, Delivery, Evidence

# Longer than this without being worked on, and no worker is at work.
STALE_AFTER_S = 120
BROKER_TIMEOUT_S = 1


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; asks nothing of anything else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database and the broker answer and work is being done, else 503; the body says which is which.

    A dead broker does not stop reports from being received, so `database` alone decides whether to send people here.
    """
    database, oldest = _database()
    broker = _broker()
    ready = database and broker and oldest <= STALE_AFTER_S
    body = {
        "ready": ready,
        "database": "ok" if database else "does not answer",
        "broker": "ok" if broker else "does not answer",
        "oldest_pending_s": round(oldest, 1),
    }
    return JsonResponse(body, status=200 if ready else 503)


def _database() -> tuple[bool, float]:
    try:
        return True, max(rows.objects.oldest_due_age_s() for rows in (Assessment, Delivery, Evidence))
    except DatabaseError:
        return False, 0.0


def _broker() -> bool:
    try:
        _probe_folders()
    except OSError:
        return False
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "max_retries": 0}
    try:
        with Connection(
            settings.CELERY_BROKER_URL, transport_options=options, connect_timeout=BROKER_TIMEOUT_S
        ) as connection:
            connection.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_S)
            return True
    except Exception:
        # Each transport has its own errors; whichever it is, the broker does not answer.
        return False


def _probe_folders() -> None:
    """The folder broker connects to nothing, so that only writing shows whether it takes a message."""
    for name, folder in settings.CELERY_BROKER_TRANSPORT_OPTIONS.items():
        if name.startswith("data_folder"):
            # A file without a name: no worker can take it for a message.
            with tempfile.TemporaryFile(dir=str(folder)) as probe:
                probe.write(b"?")
