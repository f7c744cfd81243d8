"""Loading boundaries, stations and localities by command: level by level, twice the same, every bad row named."""

import os
import signal

import pytest
from django.core.management import CommandError, call_command
from shapely.geometry import LineString, Point, box, shape

from incidents.models import Boundary, Place
from incidents.places import load as module
from tests import make
from tests.management.log import account
from tests.places import drawn

PROVINCES = {"BO-L-1": ("Murillo", box(-68.5, -17, -67, -16)), "BO-O-1": ("Cercado", box(-67.5, -18.5, -66.6, -17.6))}
SCHOOL = "101;Colegio Ayacucho;-16,5;-68.15;La Paz"


@pytest.fixture
def load(bolivia, capsys):
    """Loads a file; gives the exit code and what was printed."""

    def run(path, *options):
        code = 0
        try:
            call_command("load_places", str(path), f"--mission={bolivia.slug}", *options)
        except CommandError as fault:
            code = fault.returncode
            print(fault)
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


@pytest.fixture
def squares(tmp_path):
    return drawn.geojson(tmp_path / "departments.geojson", drawn.rows())


def test_departments_are_loaded_and_reassessing_is_suggested(load, squares, bolivia):
    code, told = load(squares, "--level=1")
    assert (code, account(told)) == (0, [2, 2, 0, 0, 0])
    assert "manage.py reassess --mission bolivia-2020" in told
    la_paz = bolivia.boundaries.get(code="BO-L")
    assert (la_paz.names, la_paz.level, la_paz.parent) == ({"es": "La Paz"}, 1, None)
    assert shape(la_paz.geometry).equals(drawn.SQUARES["BO-L"][1])


@pytest.mark.parametrize("ending", ["gpkg", "shp", "zip", "csv"])
def test_other_formats_change_nothing_of_what_is_there(load, squares, tmp_path, ending):
    load(squares, "--level=1")
    before = list(Boundary.objects.values("code", "names", "level", "updated_at"))
    make_file = {"gpkg": drawn.geopackage, "csv": drawn.table}.get(ending, drawn.shapes)
    zipped = {"zipped": True} if ending == "zip" else {}
    path = make_file(tmp_path / f"again.{ending}", drawn.rows(), **zipped)
    assert load(path, "--level=1")[0] == 0
    assert list(Boundary.objects.values("code", "names", "level", "updated_at")) == before


def test_a_changed_row_is_updated_and_a_missing_one_stays(load, squares, tmp_path):
    load(squares, "--level=1")
    changed = [{**drawn.rows()[0], "nombre": "Chuquiago"}]
    assert account(load(drawn.geojson(tmp_path / "b.geojson", changed), "--level=1")[1]) == [1, 0, 0, 1, 0]
    assert sorted(str(row) for row in Boundary.objects.all()) == ["Chuquiago", "Oruro"]


def test_a_rehearsal_says_the_same_and_stores_nothing(load, squares):
    assert account(load(squares, "--level=1", "--dry-run")[1]) == [2, 2, 0, 0, 0]
    assert not Boundary.objects.exists()


def test_the_next_level_finds_its_parent_by_position(load, squares, tmp_path, bolivia):
    load(squares, "--level=1")
    assert load(drawn.geojson(tmp_path / "p.geojson", drawn.rows(PROVINCES)), "--level=2")[0] == 0
    assert {row.code: row.parent.code for row in bolivia.boundaries.filter(level=2)} == {
        "BO-L-1": "BO-L",
        "BO-O-1": "BO-O",
    }


@pytest.mark.parametrize("parent", ["bo-l", "La Paz", "departamento de la paz"])
def test_the_next_level_finds_its_parent_by_code_or_name(load, squares, tmp_path, bolivia, parent):
    load(squares, "--level=1")
    far = [{"code": "X", "nombre": "Far", "dep": parent, "geometry": box(10, 10, 11, 11)}]
    assert load(drawn.geojson(tmp_path / "p.geojson", far), "--level=2", "--parent-field=dep")[0] == 0
    assert bolivia.boundaries.get(code="X").parent.code == "BO-L"


def test_a_level_without_anything_above_it_says_so_row_by_row(load, tmp_path, bolivia):
    code, told = load(drawn.geojson(tmp_path / "p.geojson", drawn.rows(PROVINCES)), "--level=2")
    assert (code, told.count("lies in no boundary above")) == (0, 2)
    assert bolivia.boundaries.filter(parent=None).count() == 2


def test_an_outline_that_crosses_itself_is_mended_and_that_is_said(load, tmp_path, bolivia):
    path = drawn.geojson(tmp_path / "a.geojson", drawn.rows({"A": ("Bow", drawn.BOW_TIE)}))
    code, told = load(path, "--level=1")
    assert (code, "row 1: The outline crossed itself and was mended" in told) == (0, True)
    assert shape(bolivia.boundaries.get().geometry).is_valid
    assert shape(bolivia.boundaries.get().geometry).area == pytest.approx(2)


BAD_AREAS = {
    "a line": ({"geometry": LineString([(0, 0), (1, 1)])}, "must be an area"),
    "no geometry": ({"geometry": None}, "no geometry"),
    "metres": ({"geometry": box(590_000, 8_170_000, 600_000, 8_180_000)}, "WGS 84"),
    "nothing enclosed": ({"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}}, "can't be"),
    "no polygon": ({"geometry": {"type": "Polygon", "coordinates": [[["a", 0]]]}}, "can't be read"),
    "too large a number": ({"geometry": {"type": "Polygon", "coordinates": [[[1e308, 0], [0, 1e400], [1, 1]]]}}, ""),
    "no name": ({"nombre": " "}, "no name"),
    "no code": ({"code": None}, "no code"),
    "the same code": ({"code": "BO-L"}, "as in row 1"),
    "a long code": ({"code": "x" * 41}, "longer than 40"),
    "a long name": ({"nombre": "x" * 201}, "longer than 200"),
}


@pytest.mark.parametrize(("changes", "words"), BAD_AREAS.values(), ids=BAD_AREAS)
def test_a_bad_row_is_named_with_what_to_do_and_the_others_are_stored(load, tmp_path, changes, words):
    first, second = drawn.rows()
    code, told = load(drawn.geojson(tmp_path / "a.geojson", [first, {**second, **changes}]), "--level=1")
    assert (code, account(told)) == (1, [2, 1, 0, 0, 1])
    assert "row 2: " in told
    assert words in told


def test_a_wrong_level_does_not_turn_departments_into_provinces(load, squares):
    load(squares, "--level=1")
    assert account(load(squares, "--level=2")[1]) == [2, 0, 0, 0, 2]
    assert set(Boundary.objects.values_list("level", flat=True)) == {1}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--level=1", "--name-field=title"), "There are: code, nombre"),
        (("--level=1", "--code-field=id"), "no column id"),
        (("--level=9",), "9"),
        ((), "required"),
    ],
)
def test_options_that_do_not_fit_are_told(load, squares, options, words):
    code, told = load(squares, *options)
    assert code != 0
    assert words in told
    assert not Boundary.objects.exists()


def test_a_name_in_each_language_can_be_given(load, tmp_path, bolivia):
    rows = [{**drawn.rows()[0], "english": "Peace"}]
    load(drawn.geojson(tmp_path / "a.geojson", rows), "--level=1", "--name-field=es=nombre", "--name-field=en=english")
    assert bolivia.boundaries.get().names == {"es": "La Paz", "en": "Peace"}


def test_stations_are_placed_in_their_department_by_name_or_position(load, departments, tmp_path, bolivia):
    rows = (SCHOOL, "102;Escuela;-17.97;-67.11;", "103;Lejos;10;10;", "104;Otro;-17.97;-67.11;La Paz")
    code, told = load(drawn.stations(tmp_path / "recintos.csv", *rows), "--stations")
    assert (code, account(told)) == (0, [4, 4, 0, 0, 0])
    found = {row.code: row.department.code if row.department else None for row in bolivia.places.all()}
    assert found == {"101": "BO-L", "102": "BO-O", "103": None, "104": "BO-L"}
    assert "row 4: It lies in no boundary above." in told
    assert set(bolivia.places.values_list("kind", flat=True)) == {Place.Kind.POLLING_STATION}


def test_stations_twice_change_nothing_and_a_moved_one_is_moved(load, departments, tmp_path, bolivia):
    path = drawn.stations(tmp_path / "recintos.csv", SCHOOL)
    load(path, "--stations")
    assert account(load(path, "--stations")[1]) == [1, 0, 1, 0, 0]
    drawn.stations(path, SCHOOL.replace("-16,5", "-16,51"))
    assert account(load(path, "--stations")[1]) == [1, 0, 0, 1, 0]
    assert str(bolivia.places.get().latitude) == "-16.510000"


def test_places_without_codes_get_one_of_name_and_department(load, departments, tmp_path, bolivia):
    path = drawn.stations(
        tmp_path / "t.csv", "Achocalla;-16.57;-68.15;", "Achocalla;-16.6;-68.2;", header="name;lat;lon;x"
    )
    load(path, "--localities")
    load(path, "--stations")
    assert sorted(bolivia.places.values_list("code", flat=True)) == [
        "la-paz-achocalla",
        "la-paz-achocalla-2",
        "la-paz-achocalla-station",
        "la-paz-achocalla-station-2",
    ]


def test_a_town_does_not_become_a_station(load, bolivia, tmp_path):
    make.place(bolivia, "101")
    code, told = load(drawn.stations(tmp_path / "r.csv", SCHOOL), "--stations")
    assert (code, "already that of a place of another kind: Locality" in told) == (1, True)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1;A;x;1;", "can't be read"),
        ("1;A;;;", "no geometry"),
        ("1;A;91;1;", "outside"),
        ("1;A;inf;1;", "degrees"),
        ("1;A;1;1;;;", "More cells"),
        ("1;A\0;1;1;Nowhere", ""),
    ],
)
def test_a_bad_point_is_named(load, departments, tmp_path, row, words):
    told = load(drawn.stations(tmp_path / "r.csv", SCHOOL, row), "--stations")[1]
    assert account(told)[0] == 2
    assert words in told
    assert Place.objects.filter(code="101").exists()


def test_a_parent_column_that_was_named_must_fit(load, departments, tmp_path):
    path = drawn.stations(tmp_path / "r.csv", SCHOOL.replace("La Paz", "La Pas"))
    assert "called La Pas" in load(path, "--stations", "--parent-field=departamento")[1]
    assert load(path, "--stations")[0] == 0  # found by itself, it is only a hint


def test_a_point_layer_is_no_area_and_an_area_no_point(load, tmp_path, squares):
    points = drawn.geojson(tmp_path / "p.geojson", drawn.rows({"A": ("A", Point(1, 1))}))
    assert account(load(points, "--level=1")[1]) == [1, 0, 0, 0, 1]
    assert account(load(squares, "--localities")[1]) == [2, 0, 0, 0, 2]


def test_stopping_in_the_middle_keeps_what_is_stored_and_can_go_on(load, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 1)
    real = module.Load._take

    def pressed(work, feature):
        done = real(work, feature)
        os.kill(os.getpid(), signal.SIGINT)
        return done

    path = drawn.geojson(tmp_path / "a.geojson", drawn.rows())
    monkeypatch.setattr(module.Load, "_take", pressed)
    code, told = load(path, "--level=1")
    assert (code, account(told)) == (130, [1, 1, 0, 0, 0])
    monkeypatch.setattr(module.Load, "_take", real)
    assert account(load(path, "--level=1")[1]) == [2, 1, 1, 0, 0]
