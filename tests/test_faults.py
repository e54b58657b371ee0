"""What is wrong with data is said all at once, with its place, in both languages."""

from __future__ import annotations

import csv
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from towns import OBSERVATIONS, Cells, Town

from xushi_stats import observations
from xushi_stats.checks.preflight import rehearse
from xushi_stats.faults import MESSAGES, DataFaults, Fault, errors
from xushi_stats.reporting.report import Report

LANGS = ("zh", "en")
Place = tuple[str, int | None, str, str]
Break = Callable[[Town], Place]
"""Spoils a town and says where: file, row, column, value."""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """One derived figure over two observed ones, without a fault."""
    made = Town(tmp_path).clear()
    made.indicator("whole", "户")
    made.indicator("part", "户")
    made.indicator("part.share", "%", "share(part, whole)", decimals="2")
    made.check("part.of", "part <= whole")
    made.state("whole", "398户")
    made.state("part", "321户")
    return made


def is_part(row: Cells) -> bool:
    return row.get("indicator", row.get("id")) == "part"


def is_share(row: Cells) -> bool:
    return row["id"] == "part.share"


def observed(column: str, value: str) -> Break:
    def spoil(town: Town) -> Place:
        return OBSERVATIONS, town.change(OBSERVATIONS, is_part, **{column: value}), column, value

    return spoil


def in_table(file: str, wanted: Callable[[Cells], bool], column: str, value: str) -> Break:
    def spoil(town: Town) -> Place:
        return file, town.change(file, wanted, **{column: value}), column, value

    return spoil


def formula(text: str) -> Break:
    return in_table("catalogue.csv", is_share, "formula", text)


def check(text: str, kind: str = "强制性", *, fails: bool = True) -> Break:
    def spoil(town: Town) -> Place:
        row = town.check("spoilt", text, kind)
        return ("", None, "", "spoilt") if fails else ("checks.csv", row, "expression", "spoilt")

    return spoil


def unread_check(text: str) -> Break:
    def spoil(town: Town) -> Place:
        return "checks.csv", town.check("spoilt", text), "expression", text

    return spoil


def no_file(file: str) -> Break:
    def spoil(town: Town) -> Place:
        (town.data / file).unlink()
        return file, None, "", ""

    return spoil


def bad_bytes(town: Town) -> Place:
    town.rewrite("xushi/places.csv", lambda data: data + b"\xff\xfe\x80")
    return "xushi/places.csv", None, "", ""


def bad_toml(town: Town) -> Place:
    town.rewrite("xushi/town.toml", lambda data: data + b"\nbroken = \n")
    return "xushi/town.toml", None, "", ""


def renamed(old: bytes, new: bytes, place: Place) -> Break:
    def spoil(town: Town) -> Place:
        town.rewrite(OBSERVATIONS, lambda data: data.replace(old, new, 1))
        return place

    return spoil


def extra_cell(town: Town) -> Place:
    town.rewrite(OBSERVATIONS, lambda data: data.rstrip(b"\n") + b",,stray\n")
    return OBSERVATIONS, 3, "", "stray"


def same_id(town: Town) -> Place:
    row = town.indicator("whole", "户", name_zh="另一名称", name_en="another name")
    return "catalogue.csv", row, "id", "whole"


def same_name(town: Town) -> Place:
    row = town.indicator("other", "户", name_en="name of whole")
    return "catalogue.csv", row, "name_en", "name of whole"


def same_check(town: Town) -> Place:
    return "checks.csv", town.check("part.of", "part <= whole"), "id", "part.of"


def same_source(town: Town) -> Place:
    first = town.read("sources.csv")[0]
    return "sources.csv", town.add("sources.csv", **first), "id", first["id"]


def same_place(town: Town) -> Place:
    start = town.read(OBSERVATIONS)[0]["start"]
    return OBSERVATIONS, town.change(OBSERVATIONS, is_part, start=start), "start", start


def contradiction(town: Town) -> Place:
    return OBSERVATIONS, town.state("part", "322户"), "value", "322户"


def circle(town: Town) -> Place:
    row = town.indicator("round", "%", "round + part.share")
    return "catalogue.csv", row, "formula", "round + part.share"


def unit_of_formula(town: Town) -> Place:
    row = town.indicator("odd", "人", "part + whole")
    return "catalogue.csv", row, "formula", "part + whole"


def read_as(town: Town) -> Place:
    row = town.change(OBSERVATIONS, is_part, value="三年", read_as="三载")
    return OBSERVATIONS, row, "read_as", "三载"


def own_unit(column: str, value: str, **cells: str) -> Break:
    """A row of the project's own units."""

    def spoil(town: Town) -> Place:
        made = {"unit": "篓", "size": "", "one": "", "many": "", "spelled": ""} | cells
        town.write("units.csv", [made | {column: value}], list(made))
        return "units.csv", 2, column, value

    return spoil


BREAKS: list[tuple[str, Break]] = [
    ("file_missing", no_file(OBSERVATIONS)),
    ("file_missing", no_file("catalogue.csv")),
    ("file_missing", no_file("sources.csv")),
    ("file_missing", no_file("xushi/town.toml")),
    ("encoding", bad_bytes),
    ("toml", bad_toml),
    ("column_missing", renamed(b",value", b",", (OBSERVATIONS, 1, "原文写法 / value", ""))),
    ("column_unknown", renamed(b"grade,", b"grade,vaule,", (OBSERVATIONS, 1, "vaule", ""))),
    ("column_twice", renamed(b"read_as", b"status", (OBSERVATIONS, 1, "status", ""))),
    ("cells", extra_cell),
    ("required", observed("value", "")),
    ("required", observed("indicator", "")),
    ("required", in_table("catalogue.csv", is_share, "name_en", "")),
    ("choice", observed("status", "初步")),
    ("choice", observed("grade", "戊")),
    ("choice", in_table("catalogue.csv", is_share, "audience", "secret")),
    ("choice", in_table("catalogue.csv", is_share, "decimals", "9")),
    ("indicator_unknown", observed("indicator", "parts")),
    ("indicator_derived", observed("indicator", "part.share")),
    ("id_twice", same_id),
    ("id_twice", same_name),
    ("id_twice", same_check),
    ("id_twice", same_source),
    ("name_digit", in_table("catalogue.csv", is_share, "name_zh", "2019年占比")),
    ("name_digit", in_table("catalogue.csv", is_share, "name_en", "share of 2019")),
    ("name_digit", in_table("catalogue.csv", is_share, "name_zh", "①占比")),
    ("wording", observed("value", "321")),
    ("wording", observed("value", "１２户")),
    ("wording", read_as),
    ("unit", observed("value", "321人")),
    ("unit_unknown", in_table("catalogue.csv", is_share, "unit", "里")),
    ("same_as_none", observed("value", "同上年")),
    ("unit_listed", own_unit("unit", "亩")),
    ("unit_listed", own_unit("unit", "万人")),
    ("unit_listed", own_unit("spelled", "㎡")),
    ("unit_letters", own_unit("unit", "一篓5")),
    ("unit_letters", own_unit("unit", "元/篓")),
    ("unit_size", own_unit("size", "公斤")),
    ("unit_size", own_unit("size", "25公今")),
    ("unit_size", own_unit("size", "0公斤")),
    ("unit_size", own_unit("size", "1/0公斤")),
    ("unit_size", own_unit("size", "5%")),
    ("period", observed("time_period", "2019年")),
    ("period", observed("time_period", "2019-13")),
    ("period", observed("time_period", "２０１９")),
    ("period", observed("time_period", "2020-03/2020-01")),
    ("period", observed("time_period", "2020/2019")),
    ("release", observed("release", "19")),
    ("release", observed("release", "2O19")),
    ("release", observed("release", "２０１９")),
    ("start", observed("start", "-1")),
    ("start", observed("start", "３")),
    ("start", observed("start", "3.5")),
    ("source_unknown", observed("source", "speech2021")),
    ("sha256", in_table("sources.csv", lambda row: True, "sha256", "abc")),
    ("place_twice", same_place),
    ("contradiction", contradiction),
    ("formula", formula("part ** whole")),
    ("formula", formula("print(part)")),
    ("formula", unread_check("part")),
    ("formula_unknown", formula("share(parts, whole)")),
    ("formula_unknown", unread_check("parts == whole")),
    ("formula_circle", circle),
    ("formula_unit", unit_of_formula),
    ("formula_unit", check("part == part.share", fails=False)),
    ("formula_number", formula("part / 398")),
    ("query", in_table("catalogue.csv", is_part, "query", "去年=完成")),
    ("check_fails", check("part == whole")),
    ("check_fails", check("part > whole")),
    ("check_wants_reason", check("part == whole", "核实性")),
]


@pytest.mark.parametrize(
    ("code", "spoil"), BREAKS, ids=[f"{i}-{code}" for i, (code, _) in enumerate(BREAKS)]
)
def test_a_fault_is_found_with_its_place(town: Town, code: str, spoil: Break) -> None:
    assert town.faults() == []
    place = spoil(town)
    found = town.faults()
    places = [(f.file, f.row, f.column, f.value) for f in found if f.code == code]
    assert place in places, [fault.text("en") for fault in found]
    for fault in found:
        read_by_people(fault)


def read_by_people(fault: Fault) -> None:
    """The fault's line names its place and holds no part that was left unfilled."""
    for lang in LANGS:
        text = fault.text(lang)  # type: ignore[arg-type]
        assert "{" not in text and "}" not in text and "\n" not in text
        header = fault.details.get("header", fault.column) if lang == "zh" else fault.column
        assert fault.file in text and str(fault.row or "") in text and header in text
        if len(fault.value) < 40:
            assert fault.value in text


@pytest.mark.parametrize(
    ("code", "spoil"), BREAKS, ids=[f"{i}-{code}" for i, (code, _) in enumerate(BREAKS)]
)
def test_a_fault_is_said_once(town: Town, code: str, spoil: Break) -> None:
    spoil(town)
    lines = [fault.text("en") for fault in town.faults()]
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize("name", ["road3", "Road", "road.", "道 路", "import.road", "road.class"])
def test_an_id_that_no_formula_can_name_is_one_fault(town: Town, name: str) -> None:
    row = town.indicator(name, "户", name_zh="路", name_en="way")
    assert [(f.row, f.column, f.value) for f in town.faults()] == [(row, "id", name)]


def test_the_shipped_refusals_hold(tmp_path: Path) -> None:
    whole = Town(tmp_path)
    pair = "poverty.entrusted.funds + poverty.housing.funds"
    row = whole.indicator("poverty.funds", "万元", pair, section="poverty")
    found = [fault for fault in whole.faults() if fault.code == "refused"]
    assert [(f.file, f.row, f.column) for f in found] == [("catalogue.csv", row, "formula")]
    for fault in found:
        read_by_people(fault)


BROKEN = ("expected", "noticed")


def rows_of(name: str) -> list[Cells]:
    path = Path(__file__).parent / "broken" / f"{name}.csv"
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def test_every_code_that_data_can_cause_is_tried() -> None:
    tried = {code for code, _ in BREAKS} | {"refused", "date", "id"}
    pages = {
        "placeholder",
        "digit_in_text",
        "number_in_words",
        "house_rule_text",
        "nothing",
        "rounding",
    }  # below, and in test_ledger
    compared = {code for code in MESSAGES if code.startswith(("compare_", "chain_"))}
    compared |= {"kind_open", "notice_empty", "day", "blank"}  # test_changes, audit/test_compare
    compared |= {code for code in MESSAGES if code.startswith(("rule_", "register_"))}  # registers/
    words = {"misnamed", "unnamed", "qualifier_exact", "qualifier_twice", "time_other"}
    words |= {"time_whole", "unit_twice", "unit_head", "unit_other"}  # in audit/test_wording
    protected = {c for c in MESSAGES if c.startswith("disclosure_")}  # registers/test_disclosure
    elsewhere = set(MESSAGES) - tried - pages - compared - words - protected
    named = ("exhibit_", "text_named", "text_unused", "name_open", "notebook")
    elsewhere -= {code for code in MESSAGES if code.startswith(named)}  # test_named
    elsewhere -= {"file_special", "rows_many", "formula_large"}  # test_slow
    made_by_the_build = {"orphan", "cell", "layout", "house_rule", "empty_cell", "locked"}
    found_by_the_audit = {
        *("document_encoding", "document_changed", "source_unnamed", "unaccounted", "not_there"),
        *("stands_elsewhere", "reanchored", "partial", "misread", "observed_wide"),
        *("excluded_twice", "excluded_observed", "excluded_figure", "excluded_nothing"),
        *("excluded_wide", "no_pdf", "ledger_unreadable", "ledger_of_other_data"),
        "use_not_in_ledger",
        "not_as_set",
    }
    in_files = {row["code"] for name in BROKEN for row in rows_of(name)}  # test_broken.py
    in_files |= {"marked_inside", "file_large", "many"}  # test_broken.py, test_tables.py
    elsewhere -= in_files
    by_an_inspection = {"workbook", "sample_row", "sample_number"}  # tests/audit/test_sample.py
    registers = {
        *("month", "score", "count", "row_twice", "village_unknown", "returned_above"),
        *("closed_missing", "closed_open", "closed_before"),
    }  # registers/test_inspection.py, registers/test_checkpoints.py
    registers |= {"not_synthetic"}  # registers/test_synth.py
    registers |= {"released_few", "released_unreadable"}  # registers/test_subtraction.py
    registers |= {
        "synthetic_unmarked",
        "person_unknown",
    }  # registers/test_entries.py, test_outcome_command.py
    unlikely = {"magnitude", "unit_changed", "above_all", "shares_open", "share_above"}
    unlikely |= {
        "below_zero",
        "scientific",
        "none_word",
        "count_part",
    }  # test_plausibility.py, test_entered.py
    starting = {"town_name", "not_empty", "exists", "which_town", "section_unknown"}
    starting |= {
        "clause_left_out",
        "definition_missing",
        "group_unknown",
        "tag_lost",
    }  # test_way_in.py
    starting |= {"year_stated", "no_release"}  # reporting/test_new_year.py
    known = (
        made_by_the_build
        | found_by_the_audit
        | {"sign_lost"}
        | by_an_inspection
        | registers
        | unlikely
    )
    known |= starting  # test_starting.py
    known |= {"layout_newer", "layout_unread"}  # test_layout.py
    known |= {"mixed_run", "run_unknown", "internal_in_public"}  # reporting/test_one_run.py
    known |= {"disk_full", "no_leave", "name_long", "path_bad", "busy"}
    known |= {"strangers", "part_dropped", "kernel", "no_temporary"}  # reporting/test_endings.py
    known |= {"stopped"}  # audit/test_hostile.py
    known |= {"figure_internal"}  # reporting/test_pieces.py
    assert elsewhere <= known | {"figure_unknown"}, elsewhere


# -- all at once -------------------------------------------------------------------------------


def test_all_faults_are_said_at_once(town: Town) -> None:
    """A digit more, a unit less, a lost source: each is named in the one run."""
    town.indicator("bad", "里")
    town.indicator("worse", "户", "part ** 2")
    town.check("none", "nothing == part")
    town.state("whole", "398人")
    town.state("whole", "一些", source="nowhere", grade="己", time_period="昨天")
    town.rewrite("xushi/town.toml", lambda data: b"broken")
    found = {fault.code for fault in town.faults()}
    expected = {"unit_unknown", "formula", "formula_unknown", "unit", "wording"}
    assert found >= expected | {"source_unknown", "choice", "period", "toml"}


def test_faults_are_in_the_order_of_files_and_rows(town: Town) -> None:
    for _ in range(3):
        town.state("nothing", "一些", time_period="昨天")
    found = town.faults()
    assert len(found) >= 6
    assert [(f.file, f.row) for f in found] == sorted((f.file, f.row) for f in found)  # type: ignore[type-var]


def test_warnings_stand_behind_errors_and_do_not_stop() -> None:
    warning, error = Fault("rounding", severity="warning", details={"name": "x"}), Fault("locked")
    faults = DataFaults([warning, error])
    assert faults.faults == [error, warning]
    assert errors(faults.faults) == [error]


def test_a_failed_check_names_its_figures_and_where_they_stand(town: Town) -> None:
    town.check("spoilt", "part == whole")
    (fault,) = town.faults()
    for lang in LANGS:
        text = fault.text(lang)  # type: ignore[arg-type]
        assert "321户" in text and "398户" in text
        assert "observations.csv 2" in text and "observations.csv 3" in text


def test_an_explained_warning_is_no_fault(town: Town) -> None:
    town.check("even", "part == whole", "核实性", explanation="两者口径不同")
    assert town.faults() == []


# -- the lines -----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", MESSAGES)
def test_each_message_is_whole_in_both_languages(code: str) -> None:
    fields = {
        lang: {
            name
            for part in MESSAGES[code][lang]  # type: ignore[index]
            for _, name, _, _ in string.Formatter().parse(part)
            if name
        }
        for lang in LANGS
    }
    details = dict.fromkeys(fields["zh"] | fields["en"], "甲")
    details |= {"why_zh": "甲", "why_en": "甲"} if "why" in details else {}
    for lang in LANGS:
        text = Fault(code, "f.csv", 7, "c", "乙", details=details).text(lang)  # type: ignore[arg-type]
        assert "{" not in text and "f.csv" in text and "7" in text
        assert ("改法：" if lang == "zh" else "Mend: ") in text


def test_a_brace_in_a_cell_is_only_a_brace(town: Town) -> None:
    row = town.change(OBSERVATIONS, is_part, value="{0.__class__} {near}")
    (fault,) = [f for f in town.faults() if f.row == row]
    assert "{0.__class__} {near}" in fault.text("zh")


def test_the_nearest_name_is_offered(town: Town) -> None:
    town.change(OBSERVATIONS, is_part, indicator="whol")
    (fault,) = town.faults()
    assert "是否为“whole”" in fault.text("zh") and "did you mean 'whole'" in fault.text("en")


def test_a_fault_names_the_header_that_the_file_has(town: Town) -> None:
    chinese = {c.name: c.header for c in observations.OBSERVATION_COLUMNS}
    rows = [{chinese[c]: v for c, v in row.items()} for row in town.read(OBSERVATIONS)]
    rows[1]["原文写法"] = "一些"
    town.write(OBSERVATIONS, rows, [chinese[c] for c in town.header(OBSERVATIONS)])
    (fault,) = town.faults()
    assert "“原文写法”列" in fault.text("zh")


@pytest.mark.parametrize(
    "spoil",
    [
        in_table("sources.csv", lambda row: True, "date", "2020年3月"),
        observed("note", "x" * 200_000),
        observed("value", "9" * 5000 + "户"),
        in_table("catalogue.csv", is_share, "formula", "-" * 480 + "part"),
        in_table("catalogue.csv", is_share, "formula", "~" * 480 + "part"),
        in_table("catalogue.csv", is_part, "counts", "a b, [c]"),
    ],
    ids=["date", "long cell", "long number", "deep", "deeper", "counts"],
)
def test_odd_data_are_read_or_a_fault_never_a_crash(town: Town, spoil: Break) -> None:
    spoil(town)
    for fault in town.faults():
        read_by_people(fault)


def test_a_date_that_is_none_is_a_fault(town: Town) -> None:
    row = town.change("sources.csv", lambda row: True, date="2020年3月")
    assert [(f.file, f.row, f.column) for f in town.faults()] == [("sources.csv", row, "date")]


# -- text and pages ----------------------------------------------------------------------------


def prose(town: Town, text: str) -> list[Fault]:
    path = town.data / "xushi/text/zh/review.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return rehearse(Report("xushi", 2019, data=town.data))


def test_prose_of_placeholders_has_no_fault(town: Town) -> None:
    assert prose(town, "共【whole】,占【part.share】。") == []


def test_an_unknown_placeholder_is_a_fault_of_its_file(town: Town) -> None:
    (fault,) = prose(town, "共【wholes】。")
    assert (fault.code, fault.file, fault.value) == (
        "placeholder",
        "xushi/text/zh/review.md",
        "wholes",
    )
    read_by_people(fault)


def test_a_digit_typed_into_prose_is_a_fault_of_its_file(town: Town) -> None:
    (fault,) = prose(town, "共398户。")
    assert (fault.code, fault.file) == ("digit_in_text", "xushi/text/zh/review.md")
    read_by_people(fault)


def test_a_year_without_data_is_a_fault(town: Town) -> None:
    with pytest.raises(DataFaults) as refused:
        Report("xushi", 2031, data=town.data)
    (fault,) = refused.value.faults
    assert fault.code == "nothing" and "2031" in fault.text("zh")
    read_by_people(fault)
