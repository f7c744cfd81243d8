"""A report as stated: frozen, and as the canonical text that is kept and hashed."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from incidents.statement.announced import AnnouncedFile

# Of the text that is kept; 2 names the files that belong to it.
SCHEMA_VERSION = 2


@dataclass(frozen=True)
class Statement:
    """One report as stated. Degrees are WGS 84, accuracy is in metres, times are aware."""

    categories: tuple[str, ...]
    perpetrators: tuple[dict[str, str], ...]
    victims: tuple[dict[str, Any], ...]
    victim_count: int | None
    harms: tuple[str, ...]
    source_relation: str
    timing: str
    occurred_at: datetime | None
    captured_at: datetime | None
    in_danger_now: bool
    words: str
    location_source: str
    latitude: Decimal | None
    longitude: Decimal | None
    accuracy_m: int | None
    place: str
    consent: str
    language: str
    files: tuple[AnnouncedFile, ...] = ()
    # Answers that could not be read and were no reason to refuse, as they came; field by field.
    set_aside: dict[str, str] = field(default_factory=dict)

    def body(self) -> str:
        """The statement as canonical JSON: what is kept as testimony and hashed."""
        return json.dumps({"schema": SCHEMA_VERSION, **asdict(self)}, default=str, ensure_ascii=False, sort_keys=True)

    def sha256(self) -> str:
        return hashlib.sha256(self.body().encode()).hexdigest()
