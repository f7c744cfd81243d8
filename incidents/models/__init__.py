"""The tables, and the questions asked of them."""

from incidents.models.alarm import Alarm
from incidents.models.api_key import ApiKey, Pull, SavedExport
from incidents.models.assessment import Assessment
from incidents.models.attempt import Attempt
from incidents.models.broadcast import Addressee, Broadcast
from incidents.models.chain import Chain
from incidents.models.check_in import CheckIn
from incidents.models.checked import CheckedSheet
from incidents.models.checkout import Checkout
from incidents.models.contact import Channel, Contact, OnCall, Subscription
from incidents.models.delivery import Delivery
from incidents.models.duplicate import DuplicateWeight, Merge, Suggestion
from incidents.models.duress import DuressWord
from incidents.models.emergency import Revocation
from incidents.models.enrolment import Device, Invitation
from incidents.models.escalation import Escalation
from incidents.models.evidence import Evidence
from incidents.models.exposure import Exposure
from incidents.models.flood import Clearing, Wording
from incidents.models.grouping import Grouping
from incidents.models.incident import Accusation, Incident
from incidents.models.logbook import LogbookEntry
from incidents.models.mission import Mission
from incidents.models.mission_root import Leaf, MissionRoot
from incidents.models.place import Boundary, Place
from incidents.models.publication import Publication
from incidents.models.release import Release
from incidents.models.report import Report, Revision
from incidents.models.saved_view import SavedView
from incidents.models.severity_rule import SeverityRule
from incidents.models.situation import Part, Situation
from incidents.models.stamp import Stamp
from incidents.models.talk import Question, Reply
from incidents.models.tally import Counted, Folding, Mark, Recounted, Tally
from incidents.models.timeline import TimelineEntry
from incidents.models.user import Membership, User
from incidents.models.watch import Surge, Watch

__all__ = [
    "Accusation",
    "Addressee",
    "Alarm",
    "ApiKey",
    "Assessment",
    "Attempt",
    "Boundary",
    "Broadcast",
    "Chain",
    "Channel",
    "CheckIn",
    "CheckedSheet",
    "Checkout",
    "Clearing",
    "Contact",
    "Counted",
    "Delivery",
    "Device",
    "DuplicateWeight",
    "DuressWord",
    "Escalation",
    "Evidence",
    "Exposure",
    "Folding",
    "Grouping",
    "Incident",
    "Invitation",
    "Leaf",
    "LogbookEntry",
    "Mark",
    "Membership",
    "Merge",
    "Mission",
    "MissionRoot",
    "OnCall",
    "Part",
    "Place",
    "Publication",
    "Pull",
    "Question",
    "Recounted",
    "Release",
    "Reply",
    "Report",
    "Revision",
    "Revocation",
    "SavedExport",
    "SavedView",
    "SeverityRule",
    "Situation",
    "Stamp",
    "Subscription",
    "Suggestion",
    "Surge",
    "Tally",
    "TimelineEntry",
    "User",
    "Watch",
    "Wording",
]
