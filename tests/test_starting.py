"""A new project: what is in it, what is not, and where it is refused."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from installed import Installed
from towns import ROOT

from xushi_stats import dataset
from xushi_stats.commands import main
from xushi_stats.faults import DataFaults
from xushi_stats.project import scaffold
from xushi_stats.records import RECORD_COLUMNS
from xushi_stats.tables import read_table

NAMES = {"zh": "示例镇", "en": "Shili Town"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    scaffold.create(tmp_path / "report", "shili", NAMES)
    return tmp_path / "report"


def refused(folder: Path, town: str) -> str:
    with pytest.raises(DataFaults) as error:
        scaffold.create(folder, town, NAMES)
    (fault,) = error.value.faults
    return fault.code


def texts(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


# -- what is in it -----------------------------------------------------------------------------


def test_a_new_town_is_read_without_a_fault_and_states_nothing(project: Path) -> None:
    town = dataset.load(project / "data", "shili")
    assert (town.releases, town.warnings, town.sources) == ([], (), {})
    assert town.town["name"] == NAMES
    assert town.sections == ("review", "targets")
    assert len(town.catalogue.indicators) > 60


def test_every_table_of_a_town_is_there_with_its_header(project: Path) -> None:
    names = {"observations", "places", "queries", "declared", "breaks", *RECORD_COLUMNS}
    assert {path.stem for path in (project / "data/shili").glob("*.csv")} == names
    for name, columns in RECORD_COLUMNS.items():
        faults: list[object] = []
        assert read_table(project / f"data/shili/{name}.csv", name, columns, faults) == []  # type: ignore[arg-type]
        assert faults == []


def test_every_csv_file_of_a_project_opens_in_excel_as_utf8(project: Path) -> None:
    bare = [p for p in project.rglob("*.csv") if not p.read_bytes().startswith(b"\xef\xbb\xbf")]
    assert bare == []


def test_nothing_of_the_invented_town_is_in_a_project(project: Path) -> None:
    demo = tomllib.loads((ROOT / "data/demo/town.toml").read_text("utf-8"))
    names = [*demo["name"].values(), *demo["county"].values(), *demo["notice"].values()]
    words = [*names, "虚构", "子虚", "nvented", "demo", "work2019", "work2020", "污水", "sewage"]
    for file, text in texts(project).items():
        assert [word for word in words if word in text] == [], file
    assert not list(project.rglob("text/*/2020"))


def test_prose_is_in_both_languages_with_the_same_parts(project: Path) -> None:
    for name in ("review", "targets"):
        parts = [
            re.findall(r"\{(\w+)\}", (project / f"data/shili/text/{lang}/{name}.md").read_text())
            for lang in ("zh", "en")
        ]
        assert parts[0] == parts[1] != []


def test_every_year_asks_for_what_the_catalogue_lists_but_for_what_the_country_added(
    project: Path,
) -> None:
    known = dataset.load(project / "data", "shili").catalogue.indicators
    since = {one.id: one.since for one in known.values() if one.since}
    assert set(since.values()) == {2020}
    assert all(name.startswith("poverty.") for name in since)
    assert "livelihood.medical.rise" not in known


def test_the_notebooks_read_the_new_town(project: Path) -> None:
    for name in ("review", "targets"):
        text = (project / f"notebooks/{name}.ipynb").read_text("utf-8")
        assert 'ref_area = \\"shili\\"' in text
        assert 'data = \\"../data\\"' in text


def test_the_readme_of_a_project_names_files_that_there_are(project: Path) -> None:
    text = (project / "README.md").read_text("utf-8")
    named = re.findall(r"`((?:data|notebooks)/[^`…]*)`", text)
    assert len(named) > 6
    for path in named:
        assert (project / path).exists() or path == "data/shili/2021.xlsx", path


def test_the_usual_targets_are_of_indicators_that_there_are(project: Path) -> None:
    known = dataset.load(project / "data", "shili").catalogue.indicators
    rows = scaffold.usual_targets()
    assert len(rows) > 5
    for row in rows:
        assert {row["figure"], row["actual"], row["baseline"] or row["actual"]} <= set(known)
        assert row["verb"] and row["verb_en"]


@pytest.mark.parametrize("name", ['“引号"镇', "反\\斜镇", "{en}镇"])
def test_a_name_is_taken_as_it_is_written(tmp_path: Path, name: str) -> None:
    scaffold.create(tmp_path / "p", "town", {"zh": name, "en": "Town"})
    assert dataset.load(tmp_path / "p/data", "town").town["name"]["zh"] == name


# -- another town ------------------------------------------------------------------------------


def test_another_town_joins_a_project_and_changes_no_file(project: Path) -> None:
    before = texts(project)
    written = scaffold.create(project, "fanli", {"zh": "范例镇", "en": "Fanli Town"})
    after = texts(project)
    assert {name: after[name] for name in before} == before
    assert {path.relative_to(project).as_posix() for path in written} == set(after) - set(before)
    assert dataset.load(project / "data", "fanli").town["name"]["zh"] == "范例镇"


# -- where it is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "town", ["../x", "a/b", "..", "", ".", "a b", "/tmp", "C:x", "a\\b", "a\n"]
)
def test_a_town_that_is_no_folder_name_is_refused(tmp_path: Path, town: str) -> None:
    assert refused(tmp_path / "new", town) == "town_name"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep", encoding="utf-8")
    assert refused(tmp_path, "shili") == "not_empty"
    assert refused(tmp_path / "letter.txt", "shili") == "not_empty"
    assert texts(tmp_path) == {"letter.txt": "keep"}


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    assert scaffold.create(tmp_path, "shili", NAMES)


def test_a_town_that_is_there_already_is_refused(project: Path) -> None:
    before = texts(project)
    assert refused(project, "shili") == "exists"
    assert texts(project) == before


# -- the commands ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["check", "build", "list"])
def test_a_town_without_data_is_told_to_make_a_workbook(
    project: Path,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project)
    for year in ([], ["--year", "2021"]):
        assert main.main([command, "--lang", "zh", *year]) == 1
        complaint = capsys.readouterr().err
        assert "new-year" in complaint
        assert complaint.count("[错误]") == 1
    assert not (project / "outputs").exists()


def test_of_several_towns_one_must_be_named(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    assert main.main(["init", ".", "--town", "fanli", "--name", "范例镇", "--name-en", "F"]) == 0
    for command in (["check"], ["new-year", "2021"]):
        assert main.main([*command, "--lang", "zh"]) == 1
        assert "fanli, shili" in capsys.readouterr().err
    assert main.main(["new-year", "2021", "--town", "fanli"]) == 0


def test_a_section_that_the_town_does_not_have_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from xushi_stats.publishing.build import Order

    with pytest.raises(DataFaults) as error:
        Order(project / "data", "shili", 2021, project / "out", sections=("epidemic",))
    (fault,) = error.value.faults
    assert (fault.code, fault.value) == ("section_unknown", "epidemic")


# -- the wheel ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_installed_package_starts_the_same_project_without_the_checkout(
    installed: Installed, project: Path, tmp_path: Path
) -> None:
    done = installed.run(
        *("init", "made", "--town", "shili"),
        *("--name", NAMES["zh"], "--name-en", NAMES["en"]),
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert texts(tmp_path / "made") == texts(project)
    done = installed.run("new-year", "2021", cwd=tmp_path / "made")
    assert (done.returncode, done.stderr) == (0, "")
    done = installed.run("check", "--lang", "zh", cwd=tmp_path / "made")
    assert done.returncode == 1
    assert "还没有填报任何数据" in done.stderr


@pytest.mark.slow
def test_the_installed_package_is_not_the_checkout(installed: Installed, tmp_path: Path) -> None:
    import subprocess

    script = "import xushi_stats; print(xushi_stats.__file__)"
    python = installed.program.with_name("python")
    done = subprocess.run(
        [python, "-I", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert not Path(done.stdout.strip()).is_relative_to(ROOT)


def test_the_wheel_takes_along_exactly_what_is_shipped() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    taken = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    expected = {
        s: f"xushi_stats/project/shipped/{target}" for s, target in scaffold.SHIPPED.items()
    }
    assert taken == expected
