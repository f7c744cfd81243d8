"""A table of what was measured, made to be read: the figure, its target where it has one, and whether it was held."""

from dataclasses import dataclass, field

from tests.benchmarks.serving import load


@dataclass(frozen=True)
class Figure:
    name: str
    told: str
    target: str = ""
    held: bool | None = None

    def __str__(self) -> str:
        kept = {None: "", True: "held", False: "MISSED"}[self.held]
        return f"  {self.name:36} {self.told:60} {self.target:10} {kept}".rstrip()


@dataclass
class Figures:
    told: list[Figure] = field(default_factory=list)

    def tell(self, name: str, told: str, target: str = "", held: bool | None = None) -> None:
        self.told.append(Figure(name, told, target, held))

    def show(self, title: str) -> int:
        """Print them; 1 where a target was missed."""
        missed = [one.name for one in self.told if one.held is False]
        end = f"missed: {', '.join(missed)}" if missed else "every target held"
        print("\n".join(("", title, *map(str, self.told), f"load at the end {load()} · {end}")), flush=True)
        return int(bool(missed))


def share(values: list[float], percent: int) -> float:
    """What so many in a hundred stay under."""
    return sorted(values)[int(len(values) * percent / 100)]
