"""Forgetting what is of no more use: sessions that ran out, failures that no longer count, keys nobody confirmed."""

from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

UNCONFIRMED = timedelta(days=1)


def forget_expired() -> None:
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()
    TOTPDevice.objects.filter(confirmed=False, created_at__lt=now - UNCONFIRMED).delete()
