"""Addresses of the monitor's pages. None of them says what the pages are about."""

from django.urls import path
from django.views.i18n import set_language

from incidents.intake import (
    contact,
    enrolment,
    notices,
    pieces,
    proof,
    pwa,
    receipt,
    reply,
    safe,
    safe_later,
    step_pages,
    sync,
    views,
)

app_name = "intake"
urlpatterns = [
    path("", views.home, name="home"),
    path("e/<str:token>/", enrolment.enrol, name="enrol"),
    path("report/", views.report, name="report"),
    path("report/steps/", step_pages.steps, name="steps"),
    path("report/<uuid:report_id>/", receipt.receipt, name="receipt"),
    path("report/<uuid:report_id>/photo/", receipt.photo, name="photo"),
    path("report/<uuid:report_id>/reply/", reply.reply, name="reply"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<uuid:notice_id>/", notices.close, name="notice"),
    path("receipt/", proof.receipt, name="proof"),
    path("receipt/key", proof.key, name="proof_key"),
    path("safe/", safe.safe, name="safe"),
    path("s/<str:token>/", safe.link, name="safe_link"),
    path("sw.js", pwa.worker, name="worker"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("map.json", pwa.ground, name="ground"),
    path("outbox/", pwa.outbox, name="outbox"),
    path("offline/", pwa.offline, name="offline"),
    path("exit/", views.leave, name="exit"),
    path("forget/", contact.forget, name="forget"),
    path("language/", set_language, name="set_language"),
]

# Below /api/, in front of the partners': what a phone's scripts speak with.
phone_patterns = [
    path("v1/phone", contact.phone, name="phone"),
    path("v1/phone/safe", safe_later.safe_later, name="phone_safe"),
    path("v1/phone/wipe", contact.wipe, name="phone_wipe"),
    path("v1/reports/<uuid:report_id>", sync.put_report, name="put_report"),
    path("v1/reports/<uuid:report_id>/files/<str:name>", pieces.file, name="put_file"),
]
