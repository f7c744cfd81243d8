"""Releases in bulk, as partners would find them after a long mission: each made by the product's own functions out of a
plausible incident, the same for the same seed on both engines, and loaded past the models."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from tests.benchmarks import bolivia

BATCH = 20_000
# Nothing here depends on when it is run.
NOW = datetime(2020, 10, 25, 12, tzinfo=UTC)
PROVINCES = ("Cercado", "Murillo", "Quillacollo", "Andrés Ibáñez", "Chapare", "Tomás Frías")
# How narrowly places may be told, and how much of the whole: squares where many monitors are.
TOLD = (("square", 60), ("province", 15), ("department", 20), ("nowhere", 5))
CONSENTED = ("likely", "confirmed")
SUMMARIES = (
    "Un grupo impidió el paso a los observadores a la entrada del recinto.",
    "Dos agentes anotaron los nombres de quienes esperaban en la fila; nadie explicó por qué.",
    "La presidenta de la mesa fue llamada “traidora” y se retiró antes del cierre.",
    "Se oyeron disparos cerca de la plaza, y la votación se detuvo durante unos cuarenta minutos.",
    "Los delegados no pudieron acompañar el traslado de las actas.",
    "Una persona fue detenida y puesta en libertad por la noche.",
)


def fill(mission, staff, count: int, seed: int) -> None:
    from incidents.models import Incident, Release

    chance = random.Random(seed)
    towns = bolivia.places(chance)
    weights = [town[4] for town in towns]
    maker = Maker(mission, staff, chance)
    for begin in range(0, count, BATCH):
        numbers = range(begin + 1, min(count, begin + BATCH) + 1)
        incidents = [maker.incident(spot) for spot in chance.choices(towns, weights, k=len(numbers))]
        bolivia.load(Incident, incidents)
        bolivia.load(Release, [maker.release(one, number) for one, number in zip(incidents, numbers, strict=True)])
        print(f"  {numbers[-1]} of {count} releases are filled in", flush=True)
    mission.release_change, mission.release_changed_at = count, NOW
    mission.save(update_fields=("release_change", "release_changed_at"))


class Accused(list):
    """Who is accused, for whoever asks a row: asking the database for each would take longer than all the rest."""

    def values_list(self, *_columns, **_how):
        return self


class Maker:
    def __init__(self, mission, staff, chance: random.Random) -> None:
        from incidents.models import Boundary

        self.mission, self.staff, self.chance = mission, staff, chance
        self.departments = bolivia.departments(mission)
        self.provinces = {
            code: [
                Boundary.objects.create(
                    mission=mission,
                    level=2,
                    code=f"{code}-{number:02}",
                    names={"es": name},
                    parent=department,
                    geometry=bolivia.outline(*bolivia.CHIEF[code][1:3], points=200),
                )
                for number, name in enumerate(PROVINCES)
            ]
            for code, department in self.departments.items()
        }
        self.middles: dict = {}

    def incident(self, spot) -> dict:
        """Its row, of an incident that may leave."""
        made = bolivia.incident(self.chance, self.mission, self.departments, self.staff, spot, NOW)
        words = " ".join(self.chance.sample(SUMMARIES, self.chance.choice((0, 1, 1, 2, 3))))
        status = "closed" if made["status"] == "invalidated" else made["status"]
        fitting = {"held": "", "status": status, "verification": self.chance.choice(CONSENTED), "public_summary": words}
        return {**made, **fitting, "department_id": self.departments[spot[3]].pk}

    def release(self, made: dict, change: int) -> dict:
        from incidents.actions import publish
        from incidents.models import Release
        from incidents.models.release import COLUMNS, SCOPE_MARK
        from incidents.sheet.harmless import harmless

        accused = Accused(set(self.chance.choices(bolivia.CODES, k=self.chance.choice((1, 1, 2)))))
        told = self.told(made)
        stands_for = SimpleNamespace(**{**made, "mission": self.mission, "accusations": accused})
        properties = publish._properties(stands_for, told, publish._accused(stands_for))
        release = Release(
            public_id=uuid.UUID(int=self.chance.getrandbits(128), version=4),
            updated_at=f"{made['opened_at'] + timedelta(hours=5):%Y-%m-%dT%H:%M:%SZ}",
        )
        code = told.adm1.code if told.adm1 else ""
        return {
            "public_id": release.public_id,
            "mission_id": self.mission.pk,
            "incident_id": made["id"],
            "audience": "partner",
            "change": change,
            "released_change": change,
            "released_at": NOW,
            "updated_at": release.updated_at,
            "scope": f"{SCOPE_MARK}{code}{SCOPE_MARK}" if code else SCOPE_MARK,
            "feature": publish._feature(release, properties),
            **{name: harmless(properties[name]) for name in COLUMNS},
        }

    def told(self, made: dict):
        """Where it is said to have been: what `told_place` gives, its middles found once for each node."""
        from incidents import geo
        from incidents.actions import coarsen

        code = next(code for code, one in self.departments.items() if one.pk == made["department_id"])
        level = bolivia.pick(self.chance, TOLD)
        province = self.provinces[code][made["id"].int % len(PROVINCES)]
        if level == "nowhere":
            return coarsen.Told()
        if level == "square" and made["cell"] is not None:
            node = (code, province.code, made["cell"] >> geo.COARSE_SHIFT)
        else:
            node = (code,) if level == "department" else (code, province.code)
        department, province = self.departments[code], province if len(node) > 1 else None
        if node not in self.middles:
            self.middles[node] = coarsen._middle(node, department, province)
        level = ("department", "province", "square")[len(node) - 1]
        return coarsen.Told(department, province, *self.middles[node], "area", level)
