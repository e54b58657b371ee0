"""``outcome`` explains a person's year, by id alone; ``synth --town`` fills a project's town."""

from __future__ import annotations

from pathlib import Path

import pytest
from reporting import copies

from xushi_stats.commands import main
from xushi_stats.faults import DataFaults
from xushi_stats.registers.synthetic_mark import is_marked
from xushi_stats.synth import write_into


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The demo's data with synthetic registers."""
    data = copies.copy(tmp_path)
    write_into(copies.DEMO_PLAN, data, copies.DEMO)
    return data


def test_a_persons_year_is_told_step_by_step_in_both_languages(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["outcome", "SYN-A-S0005", "--data", str(data), "--town", "demo", "--year", "2020"]
    assert main.main([*asked, "--lang", "zh"]) == main.DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:6] == [
        "基本分1000分。",
        "2020-02-24，行为规范，-20分（记分编号SYN-A-E000388），累计980分。",
        "2020-04-05，作风纪律，+10分（记分编号SYN-A-E000411），累计990分。",
        "年度总分990分。",
    ]
    assert "合成" not in "".join(lines)
    assert main.main([*asked, "--lang", "en"]) == main.DONE
    assert "Total of the year: 990 points." in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("person", ["合成甲职0005", "SYN-A-S9999", ""])
def test_a_name_or_an_unknown_id_is_a_fault_that_does_not_repeat_it(
    data: Path, person: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["outcome", person, "--data", str(data), "--town", "demo"]
    assert main.main([*asked, "--lang", "en"]) == main.FINDINGS
    said = capsys.readouterr()
    assert "no such id" in said.err and said.out == ""
    assert not person or person not in said.err


def test_without_registers_there_is_nobody_to_explain(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (data / "demo" / "registers").glob("*.csv"):
        path.unlink()
    asked = ["outcome", "SYN-A-S0005", "--data", str(data), "--town", "demo", "--lang", "en"]
    assert main.main(asked) == main.FINDINGS
    assert "registers/staff.csv" in capsys.readouterr().err


def test_a_projects_town_gets_registers_and_nothing_else_changes(tmp_path: Path) -> None:
    data = copies.copy(tmp_path)
    asked = ["synth", "--town", "demo", "--out", str(data), "--households", "20", "--years", "1"]
    assert main.main(asked) == main.DONE
    first = copies.content(data)
    before = {
        n: c for n, c in copies.content(copies.ROOT / "data").items() if "/registers/" not in n
    }
    assert {n: c for n, c in first.items() if "/registers/" not in n} == before
    assert is_marked(data / "demo") and "demo/registers/SYNTHETIC.txt" in first
    assert main.main(asked) == main.DONE  # what was made here may be made again
    assert copies.content(data) == first


def test_registers_that_are_not_marked_synthetic_stay(data: Path) -> None:
    (data / "demo" / "registers" / "synth.toml").unlink()
    before = copies.content(data)
    with pytest.raises(DataFaults) as error:
        write_into(copies.DEMO_PLAN, data, "demo")
    assert [fault.code for fault in error.value.faults] == ["not_synthetic"]
    assert copies.content(data) == before


@pytest.mark.parametrize("town", ["nowhere", "..", "demo/../xushi"])
def test_a_town_that_is_not_there_gets_no_registers(data: Path, town: str) -> None:
    with pytest.raises(DataFaults) as error:
        write_into(copies.DEMO_PLAN, data, town)
    assert [fault.code for fault in error.value.faults] == ["file_missing"]


def test_one_town_and_many_do_not_go_together(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as error:
        main.main(["synth", "--town", "demo", "--towns", "2", "--out", str(data)])
    assert error.value.code == main.USAGE and "--towns" in capsys.readouterr().err
