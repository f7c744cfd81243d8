"""Whoever rules the database: draws a change, makes it beneath the models' guards, and says what must be named."""

import uuid
from copy import copy
from datetime import timedelta

from django.db.models import F

from incidents import chain as arithmetic
from incidents.evidence import storage
from incidents.management.commands.verify_timeline import file_fault
from incidents.models import (
    Chain,
    Evidence,
    Incident,
    Leaf,
    LogbookEntry,
    Merge,
    MissionRoot,
    Question,
    Reply,
    Report,
    Revision,
    TimelineEntry,
)
from incidents.seals.bound import FIELDS
from incidents.seals.check import look_at_logbook
from incidents.seals.check_incidents import look_at
from incidents.seals.check_roots import check_roots
from incidents.seals.faults import Found
from incidents.seals.keys import record_key
from incidents.seals.record import told
from tests.seals.columns import another, beneath

ENTRY = ("at", "actor_id", "by", "event", "detail", "reason", "previous", "hash", "seal")
ROWS = {"report": Report, "revision": Revision, "evidence": Evidence, "question": Question, "reply": Reply}


class Superuser:
    """Draws a change, makes it, and says what a check of which incidents must name."""

    def __init__(self, mission, draw):
        self.mission, self.draw = mission, draw
        drawn = (TimelineEntry, LogbookEntry, *ROWS.values(), MissionRoot, Leaf)
        self.there = {model: list(model.objects.order_by("pk")) for model in drawn}
        self.merged = list(Merge.objects.values_list("kept", "emptied"))

    def one_of(self, model):
        """As it was before anybody touched anything."""
        return copy(self.draw.choice(self.there[model]))

    def entry(self, model):
        return self.one_of(model)

    def change_entry(self, model):
        entry = self.entry(model)
        name = self.draw.choice(ENTRY)
        beneath(model).filter(pk=entry.pk).update(**{name: another(entry, name, self.draw)})
        return entry, lambda fault: fault.seq == entry.seq

    def backdate(self, model):
        entry = self.entry(model)
        at = entry.at - timedelta(hours=self.draw.randrange(1, 200))
        beneath(model).filter(pk=entry.pk).update(at=at)
        kinds = (Found.BACKDATED,) if entry.seq > 1 else (Found.CHANGED,)
        return entry, lambda fault: fault.seq == entry.seq and fault.found in kinds

    def remove(self, model):
        entry = self.entry(model)
        beneath(model).filter(pk=entry.pk)._raw_delete("default")
        kinds = (Found.REMOVED, Found.TAIL)
        return entry, lambda fault: fault.seq == entry.seq and fault.found in kinds

    def cut_tail(self, model):
        """With a head that fits what is left, as far as it can be computed without the key."""
        entry = self.entry(model)
        beneath(model).filter(**self.chain_of(entry), seq__gte=entry.seq)._raw_delete("default")
        head = {"count": entry.seq - 1, "head": entry.previous}
        if self.draw.random() < 0.5:
            beneath(Chain).filter(pk=entry.chain_name).update(**head)
            return entry, lambda fault: fault.found == Found.HEAD
        return entry, lambda fault: (fault.found, fault.seq) == (Found.TAIL, entry.seq)

    def chain_of(self, entry):
        return {"mission": self.mission} if isinstance(entry, LogbookEntry) else {"incident": entry.incident_id}

    def insert(self, model):
        """At the end, or in the middle with all that follows moved on."""
        entry = self.entry(model)
        made_up = copy(entry)
        there = beneath(model).filter(**self.chain_of(entry))
        at_end = self.draw.random() < 0.5
        if not at_end:
            for later in there.filter(seq__gte=entry.seq).order_by("-seq"):
                beneath(model).filter(pk=later.pk).update(seq=F("seq") + 1)
        made_up.pk = None
        made_up.seq = there.order_by("-seq").first().seq + 1 if at_end else entry.seq
        made_up.event, made_up.reason = "incident.verified", "Made up"
        made_up.hash = arithmetic.digest(told(made_up)) if self.draw.random() < 0.5 else made_up.hash
        beneath(model).bulk_create([made_up])
        return entry, lambda fault: fault.seq == made_up.seq

    def swap(self, model):
        entry = self.entry(model)
        there = beneath(model).filter(**self.chain_of(entry)).exclude(pk=entry.pk)
        other = self.draw.choice(list(there))
        beneath(model).filter(pk=entry.pk).update(seq=1_000_000)
        beneath(model).filter(pk=other.pk).update(seq=entry.seq)
        beneath(model).filter(pk=entry.pk).update(seq=other.seq)
        places = {entry.seq, other.seq}
        return entry, lambda fault: fault.seq in places and fault.found == Found.REORDERED

    def forge(self, model):
        """Change an entry and compute every hash after it anew, the head's too: only the key is lacking."""
        entry = self.entry(model)
        previous = entry.previous
        for one in model.objects.filter(**self.chain_of(entry), seq__gte=entry.seq).order_by("seq"):
            one.previous = previous
            one.reason = "Made up" if one.seq == entry.seq else one.reason
            previous = arithmetic.digest(told(one))
            beneath(model).filter(pk=one.pk).update(reason=one.reason, previous=one.previous, hash=previous)
        beneath(Chain).filter(pk=entry.chain_name).update(head=previous)
        return entry, lambda fault: (fault.found, fault.seq) == (Found.FORGED, entry.seq)

    def change_head(self, model):
        entry = self.entry(model)
        name = self.draw.choice(("count", "head", "seal", "regrown"))
        chain = Chain.objects.get(pk=entry.chain_name)
        beneath(Chain).filter(pk=chain.pk).update(**{name: another(chain, name, self.draw)})
        return entry, lambda fault: fault.found == Found.HEAD

    def remove_head(self, model):
        entry = self.entry(model)
        beneath(Chain).filter(pk=entry.chain_name)._raw_delete("default")
        return entry, lambda fault: fault.found == Found.HEAD_GONE

    def move_away(self, _model):
        entry = self.entry(TimelineEntry)
        other = Incident.objects.exclude(pk=entry.incident_id).first()
        beneath(TimelineEntry).filter(pk=entry.pk).update(incident=other, seq=F("seq") + 1_000)
        return entry, lambda fault: fault.seq == entry.seq and fault.found in (Found.REMOVED, Found.TAIL)

    def row(self):
        kind = self.draw.choice((*ROWS, "report", "report"))
        return kind, self.one_of(ROWS[kind])

    def change_row(self, _model):
        kind, row = self.row()
        name = self.draw.choice([name for name in FIELDS[kind] if not name.endswith("_id") and name != "id"])
        beneath(ROWS[kind]).filter(pk=row.pk).update(**{name: another(row, name, self.draw)})
        return row, lambda fault: fault.found == Found.ROW_CHANGED and fault.about.split()[0] == kind

    def remove_row(self, _model):
        kind, row = self.row()
        where = self.incident_of(row)
        beneath(ROWS[kind]).filter(pk=row.pk)._raw_delete("default")
        about = f"{kind} {str(row.pk)[:8]}"
        return where, lambda fault: (fault.found, fault.about) == (Found.ROW_GONE, about)

    def insert_row(self, _model):
        kind, row = self.row()
        row.pk = None if kind == "revision" else uuid.uuid4()
        if kind == "report":
            row.reference = "ZZZZ-0001"
        elif kind in ("revision", "evidence"):
            digest = "body_sha256" if kind == "revision" else "sha256"
            setattr(row, digest, "f" * 64)
        beneath(ROWS[kind]).bulk_create([row])
        return row, lambda fault: fault.found == Found.ROW_INSERTED and fault.about.split()[0] == kind

    def file_elsewhere(self, _model):
        report = self.one_of(Report)
        where = report.incident
        other = Incident.objects.exclude(pk=report.incident_id).filter(merged_into=None).first()
        beneath(Report).filter(pk=report.pk).update(incident=other)
        return where, lambda fault: (fault.found, fault.about) == (Found.FILED, f"report {report.reference}")

    def spoil_file(self, _model):
        evidence = self.one_of(Evidence)
        path = storage.path_of(storage.ORIGINALS, evidence.sha256)
        self.spoilt = (path, path.read_bytes())
        kind = self.draw.choice(("gone", "shorter", "other"))
        if kind == "gone":
            path.unlink()
        else:
            whole = bytearray(self.spoilt[1])
            whole[self.draw.randrange(len(whole))] ^= 1 << self.draw.randrange(8)
            path.write_bytes(whole if kind == "other" else whole[:-1])
        found = Found.FILE_GONE if kind == "gone" else Found.FILE_DIFFERS
        return evidence, lambda fault: (fault.found, fault.about) == (found, f"evidence {str(evidence.pk)[:8]}")

    def change_root(self, _model):
        root = self.one_of(MissionRoot)
        name = self.draw.choice(("number", "made_at", "leaf_count", "merkle", "previous", "root", "seal"))
        beneath(MissionRoot).filter(pk=root.pk).update(**{name: another(root, name, self.draw)})
        return None, lambda fault: fault.found in (Found.ROOT, Found.ROOT_FORGED, Found.ROOT_GONE)

    def change_leaf(self, _model):
        leaf = self.one_of(Leaf)
        name = self.draw.choice(("chain", "count", "head"))
        if self.draw.random() < 0.3:
            beneath(Leaf).filter(pk=leaf.pk)._raw_delete("default")
        else:
            beneath(Leaf).filter(pk=leaf.pk).update(**{name: another(leaf, name, self.draw)})
        return None, lambda fault: fault.found == Found.ROOT

    CHAINS = ("change_entry", "backdate", "remove", "cut_tail", "insert", "swap", "forge", "change_head", "remove_head")
    OTHERS = (
        *("change_row", "change_row", "remove_row", "insert_row", "file_elsewhere", "move_away"),
        *("spoil_file", "change_root", "change_leaf"),
    )

    def incident_of(self, row):
        if isinstance(row, Incident | TimelineEntry):
            return getattr(row, "incident", row)
        if isinstance(row, Report):
            return row.incident
        return row.question.report.incident if isinstance(row, Reply) else row.report.incident

    def act(self, verb):
        self.spoilt = None
        model = self.draw.choice((TimelineEntry, TimelineEntry, LogbookEntry))
        touched, named = getattr(self, verb)(model)
        key = record_key()
        if touched is None:
            found = list(check_roots(self.mission.pk, key=key))
        elif isinstance(touched, LogbookEntry):
            found = list(look_at_logbook(self.mission, key=key))
        else:
            where = self.incident_of(touched).pk
            family = {where, *(pk for pair in self.merged for pk in pair if where in pair)}
            found = list(look_at(sorted(family), key=key, files=file_fault))
        return found, [fault for fault in found if named(fault)]

    def undo_file(self):
        if self.spoilt:
            path, content = self.spoilt
            path.write_bytes(content)
