"""The change log: rows with reasons in a chain of hashes, and every break of the chain named."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from towns import DATA, OBSERVATIONS, Cells, Town

from xushi_stats.commands import main
from xushi_stats.faults import DataFaults
from xushi_stats.reporting import change_log
from xushi_stats.reporting.change_log import START, Grounds

GROUNDS = Grounds("2020-04-01", "经办", "抄录错行", "原件", "主任")
LOG = "xushi/changes.csv"
Run = Callable[..., tuple[int, str, str]]


def change(figure: str, before: str, after: str, item: str = "原文写法") -> Cells:
    states = {"before": before, "after": after}
    return {"figure": figure, "name": "名", "item": item, "kind": "更正", **states}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of three rows, of two days."""
    path = tmp_path / "changes.csv"
    change_log.append(path, [change("a", "1户", "2户"), change("b", "5人", "6人")], GROUNDS)
    change_log.append(
        path, [change("a", "2户", "3户")], Grounds("2020-04-02", "乙", "核", "文", "丙")
    )
    return path


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines(keepends=True)


def breaks(path: Path) -> list[tuple[str, int | None]]:
    with pytest.raises(DataFaults) as refused:
        change_log.read(path)
    return [(fault.code, fault.row) for fault in refused.value.faults]


def test_each_row_carries_the_hash_of_the_one_before(log: Path) -> None:
    rows = change_log.read(log)
    assert [row["previous"] for row in rows] == [START, rows[0]["hash"], rows[1]["hash"]]
    assert [row["hash"] for row in rows] == [change_log.digest(row.cells) for row in rows]
    assert len({row["hash"] for row in rows}) == 3


def test_no_file_is_no_change(tmp_path: Path) -> None:
    assert change_log.read(tmp_path / "changes.csv") == []


def test_appending_leaves_what_was_there(log: Path) -> None:
    before = log.read_bytes()
    change_log.append(log, [change("c", "", "1个")], GROUNDS)
    assert log.read_bytes().startswith(before)
    assert change_log.append(log, [], GROUNDS) == []


def test_the_header_is_that_of_the_rules_for_publishing(log: Path) -> None:
    header = lines(log)[0].lstrip("\ufeff").strip().split(",")
    asked = ["时间", "操作人", "指标", "原值", "现值", "修改原因", "修改依据", "批准人"]
    assert [name for name in header if name in asked] == asked


@pytest.mark.parametrize("position", [1, 2, 3])
@pytest.mark.parametrize("column", [c.name for c in change_log.COLUMNS if c.name != "previous"])
def test_a_cell_altered_is_found_in_its_row(log: Path, position: int, column: str) -> None:
    rows = list(csv.reader(io.StringIO(log.read_text("utf-8-sig"))))
    place = [c.name for c in change_log.COLUMNS].index(column)
    altered = {"kind": "修订", "hash": "f" * 64}.get(column, "别的")
    rows[position][place] = altered
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    log.write_text(text.getvalue(), encoding="utf-8-sig")
    assert ("chain_row", position + 1) in breaks(log)


def test_a_row_removed_is_found_at_the_next(log: Path) -> None:
    kept = lines(log)
    log.write_text("".join(kept[:2] + kept[3:]), encoding="utf-8")
    assert breaks(log) == [("chain_before", 3)]
    log.write_text("".join(kept[:1] + kept[2:]), encoding="utf-8")
    assert breaks(log) == [("chain_before", 2)]


def test_rows_exchanged_or_repeated_are_found(log: Path) -> None:
    head, one, two, three = lines(log)
    log.write_text(head + two + one + three, encoding="utf-8")
    assert [row for _, row in breaks(log)] == [2, 3, 4]
    log.write_text(head + one + one + two + three, encoding="utf-8")
    assert breaks(log) == [("chain_before", 3)]


def test_a_log_whose_chain_is_broken_takes_no_more_rows(log: Path) -> None:
    head, _, two, three = lines(log)
    log.write_text(head + two + three, encoding="utf-8")
    before = log.read_bytes()
    with pytest.raises(DataFaults):
        change_log.append(log, [change("c", "", "1个")], GROUNDS)
    assert log.read_bytes() == before


def test_the_rows_that_lead_from_one_state_to_another(log: Path) -> None:
    rows = change_log.read(log)
    assert [r["reason"] for r in change_log.chain(rows, "a", "原文写法", "1户", "3户")] == [
        "抄录错行",
        "核",
    ]
    assert [r["reason"] for r in change_log.chain(rows, "a", "原文写法", "2户", "3户")] == ["核"]
    assert change_log.chain(rows, "a", "原文写法", "1户", "4户") == []
    assert change_log.chain(rows, "a", "算式", "1户", "3户") == []
    assert change_log.accepted(rows, "a", "原文写法") == "3户"
    assert change_log.accepted(rows, "c", "原文写法") is None


# -- the command -------------------------------------------------------------------------------


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Xushi with one observation and one formula changed."""
    town = Town(tmp_path)
    meetings(town, "5次")
    town.change(
        "catalogue.csv",
        lambda row: row["id"] == "poverty.household_size",
        formula="poverty.persons / poverty.households",
    )
    return town


def meetings(town: Town, value: str, **cells: str) -> None:
    town.change(
        OBSERVATIONS, lambda row: row["indicator"] == "party.meetings", value=value, **cells
    )


def record(town: Town, *more: str, kind: str = "correction", **grounds: str) -> list[str]:
    told = {"by": "经办", "reason": "抄录错行", "basis": "原件第3页", "approver": "主任"} | grounds
    given = [f"--{name}={value}" for name, value in told.items()]
    sort = [f"--kind={kind}"] if kind else []
    return ["record", str(DATA), f"--data={town.data}", "--date=2020-04-01", *given, *sort, *more]


def logged(town: Town) -> list[tuple[str, str, str, str, str]]:
    columns = ("figure", "item", "before", "after", "kind")
    rows = change_log.read(town.data / LOG)
    return [tuple(row[c] for c in columns) for row in rows]  # type: ignore[misc]


MEETINGS = ("xushi/party.meetings@2019", "原文写法", "4次", "5次", "更正")


def test_what_differs_is_recorded_once(town: Town, command: Run) -> None:
    status, out, complaint = command(*record(town))
    assert (status, complaint) == (0, "")
    size = ("mean(poverty.persons, poverty.households)", "poverty.persons / poverty.households")
    assert logged(town) == [
        MEETINGS,
        ("xushi/poverty.household_size", "算式", *size, "更正"),
    ]
    assert "已记入修改记录 2 条" in out
    before = (town.data / LOG).read_bytes()
    status, out, _ = command(*record(town))
    assert (status, out) == (0, "与原资料和修改记录相比，数据没有变动，未记入。\n")
    assert (town.data / LOG).read_bytes() == before


def test_only_the_figures_named_are_recorded(town: Town, command: Run) -> None:
    assert command(*record(town, "--figure", "党建专题会议次数"))[0] == 0
    assert logged(town) == [MEETINGS]
    assert command(*record(town, "--figure", "没有这个指标"))[0] == 1
    assert logged(town) == [MEETINGS]


def test_a_second_correction_starts_where_the_first_ended(town: Town, command: Run) -> None:
    command(*record(town, "--figure", "party.meetings"))
    meetings(town, "6次")
    command(*record(town, "--figure", "party.meetings"))
    figure, item, *_ = MEETINGS
    assert logged(town) == [MEETINGS, (figure, item, "5次", "6次", "更正")]
    meetings(town, "4次")  # as it was at first: nothing differs from OLD, but from the log
    command(*record(town, "--figure", "party.meetings"))
    assert logged(town)[2:] == [(figure, item, "6次", "4次", "更正")]


def test_a_final_figure_is_a_revision_without_being_told(town: Town, command: Run) -> None:
    meetings(town, "5次", status="年报数(核定数)")
    status, _, complaint = command(*record(town, "--figure", "party.meetings", kind=""))
    assert status == 0, complaint
    assert {(row[1], row[4]) for row in logged(town)} == {
        ("原文写法", "修订"),
        ("数据性质", "修订"),
    }


def test_a_change_whose_sort_is_open_is_asked_for(town: Town, command: Run) -> None:
    status, _, complaint = command(*record(town, kind=""))
    assert status == 1
    assert "“党建专题会议次数”的改动是更正还是修订" in complaint and "--kind" in complaint
    assert not (town.data / LOG).exists()


@pytest.mark.parametrize("ground", ["by", "reason", "basis", "approver"])
def test_no_ground_may_be_blank_or_left_out(town: Town, command: Run, ground: str) -> None:
    status, _, complaint = command(*record(town, **{ground: " "}))
    assert status == 1 and f"--{ground}" in complaint
    without = [word for word in record(town) if not word.startswith(f"--{ground}=")]
    assert command(*without)[0] == main.USAGE
    assert not (town.data / LOG).exists()


def test_a_date_that_is_none_is_refused(town: Town, command: Run) -> None:
    words = [w for w in record(town) if not w.startswith("--date")]
    status, _, complaint = command(*words, "--date", "2020-13-01")
    assert status == 1 and "2020-13-01" in complaint


def test_check_says_what_is_on_file(town: Town, command: Run) -> None:
    assert command("check", "--data", town.data)[1].splitlines()[-1] == "无修改记录。"
    command(*record(town))
    last = change_log.read(town.data / LOG)[-1]["hash"][:12]
    told = command("check", "--data", town.data)[1].splitlines()[-1]
    assert told == f"修改记录 2 条，校验链完整；末行校验值 {last}"
    english = command("check", "--data", town.data, "--lang", "en")[1].splitlines()[-1]
    assert english == f"The change log has 2 rows, its chain is whole; last hash {last}"


def test_check_names_the_row_at_which_the_chain_breaks(town: Town, command: Run) -> None:
    command(*record(town))
    path = town.data / LOG
    path.write_text(path.read_text("utf-8").replace("5次", "6次"), encoding="utf-8")
    status, out, complaint = command("check", "--data", town.data)
    assert (status, out) == (1, "")
    assert "xushi/changes.csv 第2行" in complaint and "被改动过" in complaint


def test_compare_gives_reason_basis_and_approver(town: Town, command: Run) -> None:
    command(*record(town, "--figure", "party.meetings"))
    _, out, _ = command("compare", DATA, town.data)
    assert "党建专题会议次数：填报的数有变：4次 → 5次 [更正]" in out
    assert "修改原因：抄录错行；修改依据：原件第3页；批准人：主任" in out
    assert out.count("修改记录中无此项") == 1  # the formula's
    assert "经办" not in out


def test_xushi_has_no_change_log() -> None:
    assert not (DATA / LOG).exists()
