"""What a run took: from answer to alert, from receipt to triage; and the 50th and 95th of a hundred of these."""

from collections import defaultdict

from tests.chaos.reckoning import as_id, moment
from tests.chaos.run import Run


def alert_delays(run: Run) -> list[float]:
    """Of each alert, the seconds from when its report was answered to when the mail server took it."""
    accepted: dict = {}
    for line in run.world.sink.accepted():
        accepted.setdefault(as_id(line["delivery"]), line["at"])
    rows = run.world.stack.rows(
        "SELECT d.id, r.id FROM incidents_delivery d JOIN incidents_report r ON r.incident_id = d.incident_id "
        "WHERE r.channel = 'phone' AND d.kind IN ('new_incident', 'danger')"
    )
    promised = run.crowd.promises.reports
    return sorted(
        accepted[as_id(pk)] - promised[as_id(report)]
        for pk, report in rows
        if as_id(pk) in accepted and as_id(report) in promised
    )


def stages(run: Run) -> dict[str, list[float]]:
    """Where the time goes: from receipt to triage, from there to the claim of the sender, from there to the end."""
    rows = run.world.stack.rows(
        "SELECT r.received_at, a.assessed_at, t.began_at, t.ended_at FROM incidents_delivery d "
        "JOIN incidents_report r ON r.incident_id = d.incident_id JOIN incidents_assessment a ON a.report_id = r.id "
        "JOIN incidents_attempt t ON t.delivery_id = d.id WHERE r.channel = 'phone' AND t.number = 1"
    )
    found = defaultdict(list)
    for row in rows:
        received, assessed, began, ended = (moment(value) for value in row)
        found["receipt to triage"].append(assessed - received)
        found["triage to sending"].append(began - assessed)
        found["sending"].append(ended - began)
    return {name: sorted(values) for name, values in found.items()}


def triage_lags(run: Run) -> list[float]:
    rows = run.world.stack.rows(
        "SELECT r.received_at, a.assessed_at FROM incidents_report r JOIN incidents_assessment a ON a.report_id = r.id "
        "WHERE r.channel = 'phone' AND a.assessed_at IS NOT NULL"
    )
    return sorted(moment(assessed) - moment(received) for received, assessed in rows)


def processor(before: dict[str, float], after: dict[str, float], reports: int) -> str:
    used = {name: 1_000 * (after[name] - before[name]) / reports for name in after}
    parts = " · ".join(f"{name} {spent:.0f}" for name, spent in used.items())
    return f"  processor for each report, in ms: {sum(used.values()):.0f} ({parts})"


def share(values: list[float], hundredth: int) -> float:
    return values[min(len(values) - 1, len(values) * hundredth // 100)] if values else float("nan")


def line(name: str, values: list[float]) -> str:
    worst = values[-1] if values else float("nan")
    return f"  {name:24} p50 {share(values, 50):.3f} s · p95 {share(values, 95):.3f} s · max {worst:.3f} s"
