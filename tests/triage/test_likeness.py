"""Near-identical words in Spanish, English and French; accents, digits and small changes do not hide them."""

import pytest

from incidents.triage.likeness import ALIKE, bands, likeness, shingles

ES = "Dos agentes de la policía anotaron los nombres de los votantes en la puerta del recinto"
EN = "Two police officers wrote down the names of voters at the door of the polling place"
FR = "Deux policiers ont relevé les noms des électeurs devant la porte du bureau de vote"


def alike(one, other):
    return likeness(shingles(one), shingles(other)) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (ES, "DOS AGENTES DE LA POLICIA ANOTARON LOS NOMBRES DE LOS VOTANTES EN LA PUERTA DEL RECINTO!!!", True),
        (ES, ES + " 4711", True),
        (ES, "Anotaron nombres: " + ES, True),
        (FR, FR.replace("é", "e"), True),
        (EN, EN.replace("door", "gate"), True),
        (ES, "Un grupo de militares detuvo a tres jóvenes cerca del mercado y se los llevó en camioneta", False),
        (ES, EN, False),
        ("Policía en la puerta", "Policía en la puerta", False),  # too short to tell people apart
        ("", "", False),
    ],
)
def test_which_texts_are_alike(one, other, expected):
    assert alike(one, other) is expected


def test_alike_texts_share_a_band_and_others_do_not():
    assert set(bands(shingles(ES))) & set(bands(shingles(ES + ", dijeron")))
    assert not set(bands(shingles(ES))) & set(bands(shingles(EN)))


@pytest.mark.parametrize("words", ["\x00", "ﷺ" * 50, "ا ل ع ر ب ي ة كلمات كثيرة جدا هنا", "🙂 " * 400, "a" * 20_000])
def test_any_text_can_be_judged(words):
    assert all(0 <= band < 2**31 for band in bands(shingles(words)))
