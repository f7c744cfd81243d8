"""The codes of the field: what happened, who did it, to whom, how it is known.

Codes are stable, lower case and exported as they stand; labels are translated. The vocabulary follows
the HURIDOCS Events Standard Formats; ACLED sub-events are given where one fits and left out where none does.
This module knows no database and no rules.
"""

from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Category(TextChoices):
    """Types of act. A report may name several; the first is the main one."""

    DEATH_THREAT = "death_threat", _("Death threat")
    VERBAL_THREAT = "verbal_threat", _("Threat")
    INTIMIDATION = "intimidation", _("Intimidation in elections")
    HARASSMENT = "harassment", _("Harassment")
    SURVEILLANCE = "surveillance", _("Surveillance or following")
    OBSERVER_OBSTRUCTION = "observer_obstruction", _("Observer obstructed or expelled")
    MOVEMENT_RESTRICTION = "movement_restriction", _("Checkpoint, restriction of movement")
    SEARCH_SEIZURE = "search_seizure", _("Search, raid or confiscation")
    ARREST_DETENTION = "arrest_detention", _("Arrest or detention")
    ENFORCED_DISAPPEARANCE = "enforced_disappearance", _("Enforced disappearance")
    PHYSICAL_ASSAULT = "physical_assault", _("Physical assault")
    TORTURE_ILL_TREATMENT = "torture_ill_treatment", _("Torture or ill-treatment")
    SEXUAL_VIOLENCE = "sexual_violence", _("Sexual violence")
    EXCESSIVE_FORCE = "excessive_force", _("Excessive force on a crowd (tear gas, rubber bullets)")
    SHOOTING = "shooting", _("Use of firearms")
    KILLING = "killing", _("Killing")
    VOTER_SUPPRESSION = "voter_suppression", _("Denial of the right to vote")
    PROPERTY_DAMAGE = "property_damage", _("Damage to property or election material")
    OTHER = "other", _("Other")


class Standard(NamedTuple):
    """How a category is called elsewhere; empty where no code fits.

    `huridocs` is a code of the HURIDOCS list of types of acts (list 4), or of methods (list 5) where
    `huridocs_list` says 5; `acled` is an ACLED sub-event type.
    """

    huridocs: str
    acled: str = ""
    huridocs_list: int = 4


STANDARDS: dict[str, Standard] = {
    Category.DEATH_THREAT: Standard("02010302"),
    Category.VERBAL_THREAT: Standard("02010301"),
    Category.INTIMIDATION: Standard("17010500"),
    Category.HARASSMENT: Standard("02010300"),
    Category.SURVEILLANCE: Standard("02010303"),
    Category.OBSERVER_OBSTRUCTION: Standard("12010500"),
    Category.MOVEMENT_RESTRICTION: Standard("05010000"),
    Category.SEARCH_SEIZURE: Standard("04010100", "Looting/property destruction"),
    Category.ARREST_DETENTION: Standard("03010100", "Arrests"),
    Category.ENFORCED_DISAPPEARANCE: Standard("03010300", "Abduction/forced disappearance"),
    Category.PHYSICAL_ASSAULT: Standard("02010100", "Attack"),
    Category.TORTURE_ILL_TREATMENT: Standard("02011111", "Attack"),
    Category.SEXUAL_VIOLENCE: Standard("02010305", "Sexual violence"),
    Category.EXCESSIVE_FORCE: Standard("040100", "Excessive force against protesters", 5),
    Category.SHOOTING: Standard("040200", "Attack", 5),
    Category.KILLING: Standard("01", "Attack"),
    Category.VOTER_SUPPRESSION: Standard("17010100"),
    Category.PROPERTY_DAMAGE: Standard("13", "Looting/property destruction"),
    Category.OTHER: Standard("90", "Other"),
}

# The six that monitors name most often stand first on the phone; the rest follow under "more".
COMMON_CATEGORIES = (
    Category.VERBAL_THREAT,
    Category.INTIMIDATION,
    Category.OBSERVER_OBSTRUCTION,
    Category.ARREST_DETENTION,
    Category.PHYSICAL_ASSAULT,
    Category.EXCESSIVE_FORCE,
)


class Perpetrator(TextChoices):
    POLICE = "police", _("Police")
    ARMED_FORCES = "armed_forces", _("Armed forces")
    GENDARMERIE = "gendarmerie", _("Gendarmerie")
    INTELLIGENCE = "intelligence", _("Intelligence service")
    PRISON_OFFICIALS = "prison_officials", _("Prison officials")
    PRESIDENTIAL_GUARD = "presidential_guard", _("Presidential guard")
    NATIONAL_OFFICIALS = "national_officials", _("National officials")
    LOCAL_OFFICIALS = "local_officials", _("Local officials")
    PARAMILITARY = "paramilitary", _("Paramilitary group")
    VIGILANTE = "vigilante", _("Vigilante group")
    PRO_GOVERNMENT_GROUP = "pro_government_group", _("Pro-government group")
    OPPOSITION_GROUP = "opposition_group", _("Opposition group")
    PRIVATE_SECURITY = "private_security", _("Private security")
    CROWD = "crowd", _("Crowd")
    UNKNOWN = "unknown", _("Unknown")


class Certainty(TextChoices):
    CERTAIN = "certain", _("Certain")
    LIKELY = "likely", _("Likely")
    SUSPECTED = "suspected", _("Suspected")


class Identification(TextChoices):
    """How a perpetrator was identified."""

    UNIFORM = "uniform", _("By uniform")
    VEHICLE = "vehicle", _("By vehicle")
    SAID_SO = "said_so", _("They said so")
    KNOWN = "known", _("Known to me")
    ASSUMED = "assumed", _("Assumed")


class Victim(TextChoices):
    MONITOR = "monitor", _("Monitor")
    VOTER = "voter", _("Voter")
    CANDIDATE = "candidate", _("Candidate")
    PARTY_AGENT = "party_agent", _("Party agent")
    JOURNALIST = "journalist", _("Journalist")
    ELECTION_OFFICIAL = "election_official", _("Election official")
    HUMAN_RIGHTS_DEFENDER = "human_rights_defender", _("Human rights defender")
    BYSTANDER = "bystander", _("Bystander")
    OTHER = "other", _("Other")


class Harm(TextChoices):
    NONE = "none", _("No one harmed")
    INJURED = "injured", _("Injured")
    DETAINED = "detained", _("Detained")
    MISSING = "missing", _("Missing")
    KILLED = "killed", _("Killed")
    DISPLACED = "displaced", _("Displaced")
    PROPERTY_LOST = "property_lost", _("Property lost")


class SourceRelation(TextChoices):
    """How the reporter knows."""

    VICTIM = "victim", _("It happened to me")
    WITNESS = "witness", _("I saw or heard it")
    COLLEAGUE_OR_RELATIVE = "colleague_or_relative", _("A colleague or relative told me")
    THIRD_PARTY = "third_party", _("Someone else told me")


class Timing(TextChoices):
    HAPPENED = "happened", _("It happened earlier")
    HAPPENING_NOW = "happening_now", _("It is happening now")
    ABOUT_TO_HAPPEN = "about_to_happen", _("It is about to happen")


class Severity(TextChoices):
    CRITICAL = "critical", _("Critical")
    MAJOR = "major", _("Major")
    MODERATE = "moderate", _("Moderate")
    MINOR = "minor", _("Minor")


# Gravest first; a list sorts by this rank.
SEVERITY_RANK = {code: rank for rank, code in enumerate(Severity.values)}


class Verification(TextChoices):
    """What the mission makes of the truth of it, apart from how it is handled."""

    UNVERIFIED = "unverified", _("Unverified")
    POSSIBLE = "possible", _("Possible")
    LIKELY = "likely", _("Likely")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUTED = "refuted", _("Refuted")
    NOT_A_VIOLATION = "not_a_violation", _("Not a violation")


# Only these may leave the mission.
RELEASABLE = (Verification.LIKELY, Verification.CONFIRMED)


class Precision(TextChoices):
    """How well a place is known."""

    EXACT = "exact", _("Exact")
    VICINITY = "vicinity", _("Vicinity (±100 m)")
    LOCALITY = "locality", _("Locality (±1 km)")
    AREA = "area", _("Area only")


class LocationSource(TextChoices):
    GPS = "gps", _("Position of the phone")
    PIN = "pin", _("Pin on a map")
    POLLING_STATION = "polling_station", _("Polling station from the list")
    AREA = "area", _("Place from the list")
    NONE = "none", _("No place")


class PlaceSource(TextChoices):
    """Whose word it is that an incident belongs to a named place."""

    NAMED = "named", _("Named by the reporter")
    NEAREST = "nearest", _("Nearest polling station, found by position")


class Consent(TextChoices):
    """How far a report may travel, as its reporter decided; widest last."""

    INTERNAL = "internal", _("Only the mission")
    PARTNERS = "partners", _("The mission and its partners")
    PUBLIC = "public", _("Everyone, without my name")


CONSENT_RANK = {code: rank for rank, code in enumerate(Consent.values)}


class Held(TextChoices):
    """Why an incident is held apart: stored and visible, but out of the queue until somebody lets it in."""

    REVOKED_DEVICE = "revoked_device", _("Sent from a revoked phone")
    FLOOD = "flood", _("One of too many from one phone")
    ALIKE = "alike", _("Nearly the same words, many times, from few phones")


class Phrase(TextChoices):
    """Questions that the desk asks most: read by each monitor in their own language."""

    SAFE = "safe", _("Are you safe?")
    WHERE = "where", _("Can you say where exactly?")
    HELP = "help", _("Do you need a lawyer or a doctor?")


class Audience(TextChoices):
    """Whom a release is written for."""

    PARTNER = "partner", _("Partners")
    # Written only while somebody holds a key to it, which two people gave.
    EXACT = "exact", _("Partners with exact places")
    PUBLIC = "public", _("The public")


# What consent an audience needs.
NEEDED_CONSENT = {
    Audience.PARTNER: Consent.PARTNERS,
    Audience.EXACT: Consent.PARTNERS,
    Audience.PUBLIC: Consent.PUBLIC,
}


class PlaceLevel(TextChoices):
    """The kind of area that a released position is the middle of."""

    POINT = "point", _("Point")
    SQUARE = "square", _("Grid square")
    PROVINCE = "province", _("Province")
    DEPARTMENT = "department", _("Department")


class Obstacle(TextChoices):
    """Why an incident is not released to an audience."""

    HELD = "held", _("It is held apart.")
    INVALIDATED = "invalidated", _("It was invalidated, or merged into another.")
    UNVERIFIED = "unverified", _("It is not held likely or confirmed.")
    KEPT_BACK = "kept_back", _("Somebody keeps it back.")
    NO_SUMMARY = "no_summary", _("No summary has been written for the public.")
    CONSENT = "consent", _("Not every reporter agreed to it.")
    DANGER = "danger", _("A reporter is in danger.")
    ALARM = "alarm", _("An alarm about a reporter is open.")
    DELAY = "delay", _("So few monitors were active there that it waits.")
    NO_KEY = "no_key", _("Nobody holds a key to exact places.")
    READ_ONLY = "read_only", _("The mission is read-only.")


class Outcome(TextChoices):
    """What became of an incident when it was closed."""

    PERSON_SAFE = "person_safe", _("The person is safe")
    PERSON_RELEASED = "person_released", _("The person was released")
    ACCESS_RESTORED = "access_restored", _("Access was restored")
    COMPLAINT_FILED = "complaint_filed", _("A complaint was filed")
    HANDED_OVER = "handed_over", _("Handed over to another body")
    NO_FURTHER_ACTION = "no_further_action", _("No further action possible")
