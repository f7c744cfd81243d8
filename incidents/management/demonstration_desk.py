"""What the demonstration's desk has in hand on the day it is tried: a rota, monitors who are expected, an alarm.

Everything else of the demonstration stands on its election day. Nothing made here makes work by itself for hours: an
alarm that somebody has is passed on to nobody, and the next check-in falls due tomorrow.
"""

from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from incidents.actions import alarm, check_in
from incidents.models import Alarm, Mission, OnCall, User

HOUR = timedelta(hours=1)
NEXT_SIGN = time(7, 30)
# Whose turn, from when, for how long, in which order; in hours from the first start.
TURNS = (("lapaz", -3, 9, 1), ("nacional", -3, 9, 2), ("nacional", 6, 8, 1), ("lapaz", 14, 8, 1))


@transaction.atomic
def furnish(of: Mission, cast: dict[str, User]) -> None:
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    for name, begins, hours, position in TURNS:
        starts_at = now + begins * HOUR
        OnCall.objects.create(
            mission=of, user=cast[name], starts_at=starts_at, ends_at=starts_at + hours * HOUR, position=position
        )
    check_in.sign_off(cast["m-01"], of)
    tomorrow = now.astimezone(of.zone).date() + timedelta(days=1)
    for name in ("m-02", "m-03"):
        check_in.promise(cast[name], of, datetime.combine(tomorrow, NEXT_SIGN, of.zone).astimezone(UTC))
    silence, _queued = alarm.sound(cast["m-05"], of, Alarm.Kind.SILENCE)
    alarm.acknowledge(silence.pk, actor=cast["nacional"])
