"""What lies under the maps: a mission's own tiles, for its own staff only, and one more host only where it is named."""

import pytest
from django.urls import reverse

from tests import make
from tests.conftest import signed_in

LIST = reverse("admin:incidents_incident_changelist")
PLACES = reverse("admin:incidents_incident_places")
HOST = "https://tiles.example.org"
ARCHIVE = b"PMTiles\x03" + bytes(range(256)) * 4


@pytest.fixture
def tiles(settings, tmp_path, bolivia):
    settings.TILES_DIR = tmp_path
    (tmp_path / "bolivia.pmtiles").write_bytes(ARCHIVE)
    (tmp_path / "other.pmtiles").write_bytes(b"something else")
    bolivia.map_file = "bolivia.pmtiles"
    bolivia.save()
    return reverse("admin:incidents_incident_tiles", args=(bolivia.pk,))


def policy(answer):
    return answer.headers["Content-Security-Policy"]


def save(client, mission, **changes):
    page = reverse("admin:incidents_mission_change", args=(mission.pk,))
    form = client.get(page).context["adminform"].form
    given = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    names = given.pop("names")
    return client.post(page, {**given, "names_en": names["en"], "names_es": names["es"], **changes})


def test_a_part_of_the_tiles_is_that_part_of_the_file(as_ana, tiles):
    answer = as_ana.get(tiles, headers={"Range": "bytes=8-263", "Accept-Encoding": "gzip"})
    assert (answer.status_code, answer["Content-Range"]) == (206, f"bytes 8-263/{len(ARCHIVE)}")
    assert answer.getvalue() == bytes(range(256))
    assert as_ana.get(tiles).getvalue() == ARCHIVE


def test_a_part_beyond_the_end_is_refused(as_ana, tiles):
    assert as_ana.get(tiles, headers={"Range": "bytes=9999-"}).status_code == 416


def test_tiles_are_their_own_missions_staffs(as_sofia, tiles, bolivia, client):
    other = make.person("olga", "mission_admin", make.mission(slug="elsewhere"), everywhere=True)
    assert signed_in(other).get(tiles).status_code == 404
    assert client.get(tiles).status_code == 302
    bolivia.map_file = "../secret_key"  # as no form lets it be
    bolivia.save()
    assert as_sofia.get(tiles).status_code == 404


def test_one_more_host_is_let_into_pages_of_the_mission_that_names_it(as_ana, bolivia, marisol):
    incident = make.incident(marisol)
    page = reverse("admin:incidents_incident_change", args=(incident.pk,))
    assert HOST not in policy(as_ana.get(LIST))
    bolivia.map_tiles = f"{HOST}/{{z}}/{{x}}/{{y}}.png"
    bolivia.save()
    assert f"img-src 'self' data: blob: {HOST};" in policy(as_ana.get(LIST)) + ";"
    assert HOST in policy(as_ana.get(page))
    assert HOST not in policy(as_ana.get(reverse("admin:alerts")))
    other = make.person("olga", "coordinator", make.mission(slug="elsewhere"), everywhere=True)
    assert HOST not in policy(signed_in(other).get(LIST))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("map_tiles", "http://tiles.example.org/{z}/{x}/{y}.png", "must begin with https://"),
        ("map_tiles", "https://tiles.example.org/all.png", "with {z}, {x} and {y}"),
        ("map_tiles", "https://a.example; script-src *;/{z}/{x}/{y}", "with {z}, {x} and {y}"),
        ("map_file", "missing.pmtiles", "There is no such file"),
        ("map_file", "other.pmtiles", "not a PMTiles archive"),
        ("map_file", "../bolivia.pmtiles", "The name of a file only"),
    ],
)
def test_what_can_not_be_a_map_is_said_beside_its_field(as_sofia, tiles, bolivia, field, value, said):
    answer = save(as_sofia, bolivia, **{field: value})
    assert answer.status_code == 200
    assert said in str(answer.context["adminform"].form.errors[field])


def test_a_mission_saves_its_tiles(as_sofia, tiles, bolivia):
    given = {"map_tiles": f"{HOST}/{{z}}/{{x}}/{{y}}.png?key=a", "map_attribution": "© Somebody"}
    answer = save(as_sofia, bolivia, **given)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    bolivia.refresh_from_db()
    assert (bolivia.tiles_origin, bolivia.map_file) == (HOST, "bolivia.pmtiles")


def test_only_towns_of_ones_own_missions_are_named(as_ana, bolivia, departments):
    make.place(bolivia, name="Sopocachi")
    make.place(bolivia, code="station", name="Colegio", kind="polling_station")
    make.place(make.mission(slug="elsewhere"), name="Hidden")
    assert [name for name, *_at in as_ana.get(f"{PLACES}?bounds=-69,-17,-68,-16").json()["places"]] == ["Sopocachi"]
    assert as_ana.get(f"{PLACES}?bounds=-60,-17,-59,-16").json()["places"] == []
    assert as_ana.get(f"{PLACES}?bounds=x").json()["places"] == []
