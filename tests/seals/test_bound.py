"""What the record is bound to: every column of testimony, or the test says which one is not."""

import pytest

from incidents.seals.bound import FIELDS, KINDS

# Filing, looking at, making copies, and which phone it was, whose row may go.
LEFT_OUT = {
    "report": {"incident_id", "read_at", "device_id"},
    "revision": {"id"},
    "evidence": {
        *("state", "attempts", "next_try_at", "lease_until", "last_error"),
        *("preview", "preview_sha256", "preview_type", "thumbnail_sha256", "fingerprint"),
    },
    "question": {"seen_at"},
    "reply": {"device_id", "read_at"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_is_bound_or_left_out_by_name(kind):
    columns = {field.attname for field in KINDS[kind]._meta.concrete_fields}
    assert columns == {*FIELDS[kind], *LEFT_OUT[kind]}
