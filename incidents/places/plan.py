"""What a file of boundaries or points holds, and which of its columns say what. What nobody named is looked for."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from incidents.models import Place
from incidents.places.files import FileFault

DEEPEST = 5
FALLBACK_LANGUAGE = "es"
# As the usual sources call them: geoBoundaries, OCHA's common operational datasets, GADM, election authorities.
_NAMES = ("adm{level}_{language}", "adm{level}_name", "name_{level}", "name", "nombre", "nom", "shapename", "recinto")
_CODES = (
    "adm{level}_pcode",
    "code",
    "codigo",
    "código",
    "pcode",
    "shapeiso",
    "iso_3166_2",
    "gid_{level}",
    "hasc_{level}",
)
_PARENTS = ("adm{above}_pcode", "gid_{above}", "parent")
_DEPARTMENTS = ("department", "departamento", "adm1_pcode", "adm1_name", "name_1")
_BY_LANGUAGE = "names"


@dataclass(frozen=True)
class Plan:
    """`kind` is a place's, or empty for boundaries of `level`. `names` are columns by language, "" is the mission's."""

    kind: str = ""
    level: int = 1
    names: dict[str, str] = field(default_factory=dict)
    code: str = ""
    parent: str = ""

    @property
    def is_station(self) -> bool:
        return self.kind == Place.Kind.POLLING_STATION


@dataclass(frozen=True)
class Columns:
    """The columns as they are in the file; `code` and `parent` may be empty. A parent that somebody named must fit."""

    names: dict[str, str]
    code: str
    parent: str
    is_parent_named: bool


def columns(plan: Plan, there: tuple[str, ...], language: str) -> Columns:
    """Which columns to read. Raises FileFault where one that was named is not there, or no name can be found."""
    for wanted in (*plan.names.values(), plan.code, plan.parent):
        if wanted and wanted not in there:
            message = _("There is no column %(name)s. There are: %(there)s.")
            raise FileFault(message % {"name": wanted[:60], "there": _listed(there)})
    names = {code or language: column for code, column in plan.names.items()}
    if not names and _BY_LANGUAGE not in there:
        found = _find(_NAMES, there, plan, language)
        if not found:
            message = _("Say which column holds the name. There are: %(there)s.")
            raise FileFault(message % {"there": _listed(there)})
        names = {language: found}
    above = _DEPARTMENTS if plan.kind else _PARENTS
    return Columns(
        names,
        plan.code or _find(_CODES, there, plan, language),
        plan.parent or _find(above, there, plan, language),
        bool(plan.parent),
    )


def _find(patterns: tuple[str, ...], there: tuple[str, ...], plan: Plan, language: str) -> str:
    lowered = {column.lower(): column for column in reversed(there)}
    level = plan.level if not plan.kind else 0
    return next((lowered[name] for name in _filled(patterns, level, language) if name in lowered), "")


def _filled(patterns: tuple[str, ...], level: int, language: str) -> Iterator[str]:
    """A level 0 stands for points, whose columns have no level in their names."""
    for pattern in patterns:
        if level or "{level}" not in pattern:
            yield pattern.format(level=level, above=level - 1, language=language)


def _listed(there: tuple[str, ...]) -> str:
    return ", ".join(name[:60] for name in there[:40]) or "–"
