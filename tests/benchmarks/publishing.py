"""What it costs to write a release: `publish` as the desk's actions call it, each time in a transaction of its own."""

import time

CHANGES = {
    "first release": {"verification": "confirmed", "public_summary": "Voters were turned away."},
    "changed": {"public_summary": "Voters were turned away, and came back."},
    "nothing new": {},
    "withdrawn": {"is_kept_back": True},
}


def costs(mission, count: int) -> dict[str, list[float]]:
    """Milliseconds of each, by what there was to do, for reports that came in as any other."""
    from django.db import transaction

    from incidents.actions.publish import publish
    from incidents.actions.record import hold
    from incidents.models import Incident
    from tests import make

    make.crowd(mission)
    monitors = [make.monitor(f"m{number}", mission) for number in range(20)]
    made = [make.incident(monitors[number % len(monitors)], mission).pk for number in range(count)]
    found: dict[str, list[float]] = {}
    for what, changes in CHANGES.items():
        if changes:
            Incident.objects.filter(pk__in=made).update(**changes)
        for pk in made:
            begun = time.perf_counter()
            with transaction.atomic():
                publish(hold(pk))
            found.setdefault(what, []).append((time.perf_counter() - begun) * 1_000)
    return found
