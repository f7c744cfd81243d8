"""Timeline and logbook in sentences: each code of an event, with its details, in the reader's language."""

import re
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.models import LogbookEntry, TimelineEntry
from incidents.taxonomy import Audience, Held, Outcome, Severity, Verification
from incidents.workflow import Status

SENTENCES: dict[str, str | Promise] = {
    "report.received": _("Report %(report)s received"),
    "report.revised": _("Report %(report)s came again with a different text; both are kept"),
    "report.read": _("Report %(report)s read"),
    "evidence.received": _("A file was added to a report"),
    "evidence.differs": _("A file is not the one that its report announced"),
    "evidence.downloaded": _("The original of a file was downloaded"),
    "question.asked": _("The monitor of report %(report)s was asked a question"),
    "question.seen": _("A question about report %(report)s was shown on the phone"),
    "question.answered": _("A question about report %(report)s was answered"),
    "reply.read": _("An answer about report %(report)s was read"),
    "assessment.failed": _("Automatic triage keeps failing and goes on trying; set the severity by hand"),
    "assessment.parked": _("Automatic triage failed and was given up; set the severity by hand"),
    "incident.triaged": _("Triaged: %(severity)s"),
    "incident.reassessed": _("Triaged anew: %(severity)s"),
    "corroboration.changed": _("The reports now bear out: %(after)s (before: %(before)s)"),
    "incident.acknowledged": _("Acknowledged"),
    "incident.started": _("Work started"),
    "incident.referred": _("Referred"),
    "incident.resolved": _("Resolved"),
    "incident.closed": _("Closed: %(outcome)s"),
    "incident.invalidated": _("Invalidated"),
    "incident.reopened": _("Reopened"),
    "incident.verified": _("Verification changed from %(before)s to %(after)s"),
    "incident.held_apart": _("Held apart: %(held)s"),
    "situation.joined": _("Counted up on a developing situation; those who know of it were not told again"),
    "surge.told": _("Told as one of more reports than usual"),
    "incident.let_in": _("Taken into the queue"),
    "incident.merged": _("Merged into incident %(into)s; reports moved: %(reports)s"),
    "incident.restored": _("Merge undone: apart from incident %(other)s again"),
    "reports.taken_over": _("Merged with incident %(other)s; reports taken over: %(reports)s"),
    "reports.given_back": _("Merge with incident %(other)s undone; reports given back: %(reports)s"),
    "suggestion.dismissed": _("Found not to be the same as incident %(other)s"),
    "incident.assigned": _("Assigned to %(to)s"),
    "severity.overridden": _("Severity changed from %(before)s to %(after)s"),
    "summary.written": _("Public summary written"),
    "danger.ended": _("No longer in danger"),
    "incident.kept_back": _("Kept back: nothing of it leaves the mission"),
    "incident.let_go": _("No longer kept back: it leaves as far as all else allows"),
    "release.written": _("Released to: %(audience)s"),
    "release.withdrawn": _("Taken back from: %(audience)s"),
    "nobody.told": _("Nobody could be told: no coordinator or admin who may see this can be reached"),
    "delivery.retried": _("A failed delivery was queued again"),
    "alert.escalated": _("Nobody answered in time; people told: %(people)s"),
    "alert.answered": _("Answered: a person has it"),
    "bundle.made": _("An evidence bundle was made; reports in it: %(reports)s"),
    "people.imported": _(
        "People imported: %(new)s new, %(changed)s changed, %(taken_away)s with departments taken away"
    ),
    "places.imported": _("Places imported: %(new)s new, %(changed)s changed"),
    "rota.imported": _("Rota imported: %(new)s new, %(changed)s changed"),
    "alerts.imported": _("Alerts imported: %(new)s new, %(changed)s changed"),
    "rules.imported": _("Severity rules imported: %(new)s new, %(changed)s changed"),
    "invitations.issued": _("Enrolment cards made: %(count)s; phones ended with it: %(revoked)s"),
    "phone.revoked": _("Phones of person %(person)s revoked: %(phones)s"),
    "key.made": _("Key %(key)s made for person %(person)s"),
    "key.granted": _("Key %(key)s of person %(person)s granted"),
    "key.renewed": _("Key %(key)s of person %(person)s renewed by key %(by)s; both open for days: %(days)s"),
    "key.revoked": _("Key %(key)s of person %(person)s revoked"),
    "program.unheard": _("Program of person %(person)s not reached: it does not know that releases have changed"),
    "phone.lost": _("Phone of person %(person)s lost or taken; phones ended: %(phones)s"),
    "person.retired": _("Person %(person)s retired; phones ended: %(phones)s, turns taken off the rota: %(turns)s"),
    "person.brought_back": _("Person %(person)s brought back"),
    "account.signed_in": _("Signed in"),
    "account.signed_out": _("Signed out"),
    "account.refused": _("Sign-in refused: wrong password or code"),
    "account.locked": _("Sign-in locked for a while after too many failures"),
    "second_factor.set_up": _("Second factor set up"),
    "second_factor.reset": _("Second factor of %(of)s reset"),
    "recovery_codes.renewed": _("New recovery codes made"),
    "password.changed": _("Password of %(of)s changed"),
    "password.link_issued": _("Link to choose a password issued for %(of)s"),
    "mission.frozen": _("Mission made read-only"),
    "mission.closed": _("Mission closed"),
    "mission.reopened": _("Mission re-opened"),
    "sessions.ended": _("Everybody signed out of the desk; sessions ended: %(sessions)s"),
    "phones.revocation_proposed": _("Proposed to revoke every phone: %(phones)s"),
    "phones.revocation_withdrawn": _("Proposal to revoke every phone withdrawn"),
    "phones.revoked": _("Every phone revoked: %(phones)s; open enrolment links closed: %(links)s"),
    "root.made": _("A root of the record was made"),
    "view.shared": _("View %(view)s shared with the desk"),
    "view.withdrawn": _("View %(view)s no longer shared with the desk"),
    "incident.taken_over": _("Taken over from %(other)s, who was working on it"),
    "move.undone": _("Last step taken back: the status is %(after)s again"),
    "verification.undone": _("Verification taken back: %(after)s again"),
    "severity.undone": _("Severity taken back: %(after)s again"),
    "assignment.undone": _("Assignment taken back: assigned to %(after)s again"),
    "identity.read": _("Who a reporter is was looked up"),
}

# Which words a code in the details is taken from; several enums share no value but these don't overlap per event.
_WORDS: dict[str, Any] = {"outcome": Outcome, "severity": Severity, "held": Held, "audience": Audience}
_WORDS_OF: dict[str, Any] = {
    "incident.verified": Verification,
    "corroboration.changed": Verification,
    "severity.overridden": Severity,
    "verification.undone": Verification,
    "severity.undone": Severity,
}


def sentence(entry: TimelineEntry | LogbookEntry) -> str:
    """What happened, in words; the bare code for an event this page does not know."""
    pattern = SENTENCES.get(entry.event)
    if pattern is None:
        return entry.event
    details = _details(entry)
    if entry.event == "incident.assigned" and not details.get("to"):
        return str(_("Assigned to nobody"))
    if entry.event == "assignment.undone" and not details.get("after"):
        return str(_("Assignment taken back: assigned to nobody again"))
    values = {key: _word(entry.event, key, value) for key, value in details.items()}
    try:
        return str(pattern) % values
    except (KeyError, ValueError):  # an entry of an earlier version, without this detail
        return entry.event


def _word(event: str, key: str, value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    words = _WORDS.get(key) or _WORDS_OF.get(event) or Status
    return label(words, value)


def label(words: Any, code: Any) -> str:
    """The label of a code among `words`; the code itself where it is not one of them."""
    return str(dict(words.choices).get(code, "–" if code in (None, "") else code))


def heading(event: str) -> str:
    """What such entries say, without their details."""
    return re.sub(r"%\(\w+\)s", "…", str(SENTENCES.get(event, event)))


def left_unsaid(entry: TimelineEntry | LogbookEntry) -> list[tuple[str, Any]]:
    """The details that its sentence does not say, by the names they are kept under."""
    pattern = str(SENTENCES.get(entry.event, ""))
    return [(name, value) for name, value in sorted(_details(entry).items()) if f"%({name})s" not in pattern]


def _details(entry: TimelineEntry | LogbookEntry) -> dict[str, Any]:
    """Whatever somebody may have written over them in the database."""
    return entry.detail if isinstance(entry.detail, dict) else {}
