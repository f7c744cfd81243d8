"""The languages of the pages: how they are called, which of them the desk speaks, and who borrows from whom.

Quechua and Aymara have a catalogue each, empty until native speakers fill it; whatever is missing there is said in
Spanish, which their speakers are likelier to read than English. Knows no request and no rows.
"""

from django.conf.locale import LANG_INFO
from django.utils.translation import trans_real

# The coordinators' screens and alerts exist in these; all others are for monitors only.
DESK = ("en", "es")
BORROWS = {"qu": "es", "ay": "es"}
UNKNOWN_TO_DJANGO = {
    "qu": {"bidi": False, "code": "qu", "name": "Quechua", "name_local": "Runa simi"},
    "ay": {"bidi": False, "code": "ay", "name": "Aymara", "name_local": "Aymar aru"},
}


def introduce() -> None:
    """Tell Django of the languages it does not know, and what stands in for each; once, when the apps are loaded.

    Django itself would let every missing word fall back to LANGUAGE_CODE.
    """
    LANG_INFO.update(UNKNOWN_TO_DJANGO)
    for language, other in BORROWS.items():
        trans_real.translation(language)._fallback = trans_real.translation(other)  # type: ignore[attr-defined]


def at_desk(language: str) -> str:
    """The language of the desk for somebody who reads `language`; empty if none stands near."""
    code = BORROWS.get(language, language)
    return code if code in DESK else ""


def first(languages: list[str], preferred: list[str]) -> list[str]:
    """`languages` with the preferred ones in front, in their order."""
    return sorted(languages, key=lambda code: preferred.index(code) if code in preferred else len(preferred))
