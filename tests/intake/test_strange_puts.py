"""Whatever a script sends to a report's address is answered in words: generated bodies, plain and sealed."""

import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.models import Report
from incidents.statement import StatementForm
from tests.intake.sealed import put, seal, stated

pytestmark = pytest.mark.django_db
MANY = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))

ODD = [
    "\x00",
    "\ud800",
    "\u202e",
    "1e400",
    "-0",
    "95",
    "NaN",
    "9" * 300,
    "2020-13-45T99:99",
    "0001-01-01T00:00",
    "<script>",
]
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(ODD), st.text(max_size=40))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3)
)
reports = st.dictionaries(st.sampled_from([*StatementForm.base_fields, "id", "sender", "schema", "else"]), values)


@MANY
@given(changes=reports)
def test_a_plain_report_gets_an_answer_and_never_a_fault(phone, changes):
    answer = phone.put(f"/api/v1/reports/{uuid.uuid4()}", json.dumps({**stated(), **changes}), "application/json")
    assert answer.status_code in (201, 400, 422), answer.text


@MANY
@given(changes=reports)
def test_a_sealed_report_is_stored_whatever_is_in_it(phone, changes):
    changes.pop("id", None)
    before = Report.objects.count()
    answer = put(phone, seal({**stated(), **changes}))
    assert (answer.status_code, Report.objects.count()) == (201, before + 1), answer.text


@MANY
@given(raw=st.binary(max_size=300))
def test_any_bytes_get_an_answer(phone, raw):
    for head in (b"", b"{", b"age-encryption.org/v1\n", b'{"words":'):
        answer = phone.put(f"/api/v1/reports/{uuid.uuid4()}", head + raw, "application/age")
        assert answer.status_code in (201, 400, 422), answer.text
