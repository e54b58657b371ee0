"""Reading a town's folder: encodings, headers, places in the source, the descriptor, the digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import datapackage
import pytest
from towns import DATA, OBSERVATIONS, Town

from xushi_stats import catalogue, dataset, observations, records, sources
from xushi_stats.dataset import Dataset
from xushi_stats.faults import DataFaults
from xushi_stats.tables import Column

TABLES: dict[str, Sequence[Column]] = {
    "catalogue.csv": catalogue.INDICATOR_COLUMNS,
    "checks.csv": catalogue.CHECK_COLUMNS,
    "sources.csv": sources.SOURCE_COLUMNS,
    "xushi/observations.csv": observations.OBSERVATION_COLUMNS,
    "xushi/places.csv": sources.PLACE_COLUMNS,
    "xushi/queries.csv": dataset.QUERY_COLUMNS,
    "xushi/declared.csv": dataset.DECLARED_COLUMNS,
}
ALL = {**TABLES, **{f"xushi/{name}.csv": c for name, c in records.RECORD_COLUMNS.items()}}


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def content(loaded: Dataset) -> Dataset:
    """What was read, without the digest over the bytes."""
    return replace(loaded, digest="")


def test_the_shipped_data_have_no_fault(town: Town) -> None:
    assert [fault.text("zh") for fault in town.faults()] == []


def test_the_register_stands_at_two_places_each(town: Town) -> None:
    said = [o for o in town.load().observations if o.indicator == "poverty.households"]
    assert [o.wording for o in said] == ["398户", "398户"]
    assert len({o.start for o in said}) == 2


# -- the source ----------------------------------------------------------------------------------


def test_every_wording_stands_in_the_speech_where_its_row_says(speech: str) -> None:
    loaded = dataset.load(DATA, "xushi")
    off = [o for o in loaded.observations if not speech.startswith(o.wording, o.start)]
    assert [(o.row.number, o.wording, speech[o.start : o.start + 12]) for o in off] == []


def test_the_digest_of_the_speech_is_on_file(speech: str) -> None:
    source = dataset.load(DATA, "xushi").sources["speech2020"]
    assert hashlib.sha256(speech.encode()).hexdigest() == source.sha256


def test_every_labelled_place_lies_in_the_speech(speech: str) -> None:
    places = dataset.load(DATA, "xushi").sources["speech2020"].places
    assert all(0 <= start < len(speech) for start, _, _ in places)


@pytest.mark.parametrize(
    ("start", "zh", "en"),
    [
        (0, "《讲话》文首", "Speech, head of the page"),
        (3175, "《讲话》第二部分“五是”", "Speech, Part Two, fifth item"),
        (3151, "《讲话》第二部分“四是”", "Speech, Part Two, fourth item"),
        (3152, "《讲话》第二部分“五是”", "Speech, Part Two, fifth item"),
        (6356, "《讲话》第三部分（三）", "Speech, Part Three, section three"),
    ],
)
def test_a_place_is_told_as_heading_and_ordinal(start: int, zh: str, en: str) -> None:
    source = dataset.load(DATA, "xushi").sources["speech2020"]
    assert (source.place(start, "zh"), source.place(start, "en")) == (zh, en)


# -- how people save a table -------------------------------------------------------------------


def without_bom(data: bytes) -> bytes:
    return data.removeprefix(b"\xef\xbb\xbf")


def in_gb18030(data: bytes) -> bytes:
    return data.decode("utf-8-sig").encode("gb18030")


def with_crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


@pytest.mark.parametrize("save", [without_bom, in_gb18030, with_crlf])
def test_however_it_is_saved_the_dataset_is_the_same(
    town: Town, save: Callable[[bytes], bytes]
) -> None:
    before = town.load()
    for file in TABLES:
        town.rewrite(file, save)
    assert content(town.load()) == content(before)


def test_line_ends_of_windows_give_the_same_digest(town: Town) -> None:
    before = town.load()
    for path in town.data.rglob("*"):
        if path.suffix in (".csv", ".toml", ".md"):
            path.write_bytes(with_crlf(path.read_bytes()))
    assert town.load() == before


def test_any_change_of_a_figure_changes_the_digest(town: Town) -> None:
    before = town.load().digest
    town.change(OBSERVATIONS, lambda row: True, note="另注")
    assert town.load().digest != before


def test_the_digest_does_not_depend_on_the_folder(tmp_path: Path) -> None:
    for name in ("one", "两 个"):
        (tmp_path / name).mkdir()
    first, second = (Town(tmp_path / name).load() for name in ("one", "两 个"))
    assert first.digest == second.digest


@pytest.mark.parametrize("file", TABLES)
def test_chinese_headers_are_read_as_their_columns(town: Town, file: str) -> None:
    before = town.load()
    chinese = {column.name: column.header for column in TABLES[file]}
    rows = [{chinese[c]: v for c, v in row.items()} for row in town.read(file)]
    town.write(file, rows, [chinese[c] for c in town.header(file)])
    after = town.load()
    assert content(after) == content(before)


def test_columns_may_stand_in_any_order(town: Town) -> None:
    before = town.load()
    town.write(OBSERVATIONS, town.read(OBSERVATIONS), town.header(OBSERVATIONS)[::-1])
    assert content(town.load()) == content(before)


def test_blank_rows_are_passed_over_and_counted(town: Town) -> None:
    rows = town.read(OBSERVATIONS)
    blank = dict.fromkeys(rows[0], "")
    town.write(OBSERVATIONS, [blank, blank, *rows])
    assert town.load().observations[0].row.number == 4


def test_blanks_around_a_cell_are_passed_over(town: Town) -> None:
    before = [o.quantity for o in town.load().observations]
    wording = town.read(OBSERVATIONS)[0]["value"]
    town.change(OBSERVATIONS, lambda row: True, value=f"  {wording}\t")
    assert [o.quantity for o in town.load().observations] == before


def test_an_indicator_may_be_given_by_its_name(town: Town) -> None:
    town.change(
        OBSERVATIONS, lambda r: r["indicator"] == "poverty.households", indicator="建档立卡贫困户数"
    )
    assert "poverty.households" in {o.indicator for o in town.load().observations[:60]}


@pytest.mark.parametrize("columns", ALL.values(), ids=ALL)
def test_names_and_headers_of_a_table_are_unique(columns: Sequence[Column]) -> None:
    words = [word for column in columns for word in {column.name, column.header}]
    assert len(words) == len(set(words))


# -- two statements of one figure --------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "first", "second"),
    [
        ("户", "398户", "398户"),
        ("亩", "7000余亩", "7千余亩"),
        ("亩", "7000余亩", "7000多亩"),
        ("元", "约2000元", "2000元左右"),
        ("亩", "三千亩", "3千亩"),
        ("亩", "2万亩", "20000亩"),
        ("万元", "15.1万元", "151000元"),
        ("公里", "6.3公里", "6300米"),
        ("户", "三百九十八户", "398户"),
    ],
)
def test_one_number_in_two_wordings_corroborates(
    town: Town, unit: str, first: str, second: str
) -> None:
    town.clear().indicator("x", unit)
    town.state("x", first)
    town.state("x", second)
    (figure,) = town.ledger().figures.values()
    assert [s.wording for s in figure.statements] == [first, second]


@pytest.mark.parametrize(
    ("unit", "first", "second"),
    [
        ("户", "398户", "399户"),
        ("亩", "7000余亩", "7000亩"),
        ("亩", "7000余亩", "约7000亩"),
        ("亩", "逾7000亩", "不低于7000亩"),
        ("万元", "15.1万元", "15.2万元"),
    ],
)
def test_two_numbers_for_one_figure_contradict(
    town: Town, unit: str, first: str, second: str
) -> None:
    town.clear().indicator("x", unit)
    row = town.state("x", first)
    other = town.state("x", second)
    (fault,) = town.faults()
    assert (fault.code, fault.row, fault.value) == ("contradiction", other, second)
    assert (fault.details["first"], fault.details["other"]) == (str(row), first)


@pytest.mark.parametrize(
    ("unit", "first", "second", "printed"),
    [
        ("人", "13700余人", "13779人", "13779人"),
        ("人", "13779人", "13700余人", "13779人"),
        ("人", "13700余人", "13800人", ""),
        ("人", "近1.4万人", "13779人", "13779人"),
        ("人", "约13800人", "13779人", "13779人"),
        ("亩", "7000余亩", "7200余亩", "7200余亩"),
        ("万元", "15.1万元", "15.12万元", "15.12万元"),
        ("万元", "15.1万元", "15.16万元", ""),
        ("人", "13778人", "13779人", ""),
    ],
)
def test_what_one_wording_leaves_open_and_another_says_is_no_contradiction(
    town: Town, unit: str, first: str, second: str, printed: str
) -> None:
    town.clear().indicator("x", unit)
    town.state("x", first)
    town.state("x", second)
    if not printed:
        assert [fault.code for fault in town.faults()] == ["contradiction"]
        return
    figure = town.ledger().find("x")
    assert figure and [s.wording for s in figure.statements] == [printed]
    assert town.load().queries == ()


@pytest.mark.parametrize(
    ("marks", "used", "zh", "en"),
    [
        (("是", "否"), "321户", "采用前者", "the first is used"),
        (("是", ""), "321户", "采用前者", "the first is used"),
        (("", "否"), "321户", "采用前者", "the first is used"),
        (("否", "是"), "322户", "采用后者", "the second is used"),
        (("", "是"), "322户", "采用后者", "the second is used"),
        (("未定", "未定"), "321户", "尚未确定采用哪一处", "which of them holds is open"),
        (("", "未定"), "321户", "尚未确定采用哪一处", "which of them holds is open"),
    ],
)
def test_a_contradiction_of_the_source_on_record_is_a_query_and_stops_nothing(
    town: Town, marks: tuple[str, str], used: str, zh: str, en: str
) -> None:
    town.clear().indicator("x", "户", name_zh="总户数", name_en="households in all")
    town.write(OBSERVATIONS, [], [*town.header(OBSERVATIONS), "use"])
    for value, mark in zip(("321户", "322户"), marks, strict=True):
        town.state("x", value, use=mark)
    assert town.faults() == []
    figure = town.ledger().find("x")
    assert figure and figure.statements[0].wording == used
    (query,) = figure.queries
    place = ("《讲话》文首", "Speech, head of the page")
    assert query.grade == "A"
    assert query.question["zh"] == (
        f"“总户数”在{place[0]}为“321户”，在{place[0]}为“322户”，前后不一致；{zh}。"
    )
    assert query.question["en"] == (
        f"“households in all”: “321户” in {place[1]} but “322户” in {place[1]}; {en}."
    )


def two_years(town: Town, *statements: tuple[str, str]) -> Town:
    town.clear().write("catalogue.csv", [], [*town.header("catalogue.csv"), "aliases_zh"])
    town.indicator("area", "亩", name_zh="总面积", aliases_zh="辖区面积；面积")
    town.indicator("crop", "亩", name_zh="播种面积", aliases_zh="面积")
    for release, value in statements:
        town.state("area", value, time_period=f"{release}-12", release=release)
    return town


@pytest.mark.parametrize(
    ("statements", "value", "code"),
    [
        ([("2018", "120450亩"), ("2019", "同上年")], "120450", ""),
        ([("2019", "同上年"), ("2018", "120450亩")], "120450", ""),
        ([("2019", "同上年"), ("2018", "同去年"), ("2017", "120450亩")], "120450", ""),
        ([("2018", "8030公顷"), ("2019", "与上年相同")], "120450", ""),
        ([("2019", "同上年")], "", "same_as_none"),
        ([("2017", "120450亩"), ("2019", "同上年")], "", "same_as_none"),
    ],
)
def test_a_row_may_say_that_nothing_has_changed(
    town: Town, statements: list[tuple[str, str]], value: str, code: str
) -> None:
    made = two_years(town, *statements)
    if code:
        assert [fault.code for fault in made.faults()] == [code]
        return
    figure = made.ledger().find("area")
    assert figure and figure.quantity and figure.quantity.value == Fraction(value)
    assert figure.period == "2019-12"


def test_an_alias_of_one_indicator_alone_is_a_name_of_it(town: Town) -> None:
    known = two_years(town).load().catalogue
    found = known.find("辖区面积")
    assert found and found.id == "area"
    assert known.find("面积") is None


@pytest.mark.parametrize(("stated", "named"), [("2018", True), ("2017", False), ("2019", False)])
def test_a_figure_that_had_a_value_last_year_and_has_none_now_is_named(
    town: Town, stated: str, named: bool
) -> None:
    made = (
        two_years(town, (stated, "120450亩"), ("2019", ""))
        if stated != "2019"
        else (two_years(town, ("2018", "120450亩"), ("2019", "120450亩"), ("2019", "")))
    )
    made.change(OBSERVATIONS, lambda row: not row["value"], start="")
    (fault,) = made.load().warnings
    assert fault.code == "not_filled"
    assert ("其中上年有数的：总面积" in fault.text("zh")) is named
    assert ("the year before: name of area" in fault.text("en")) is named


def test_two_statements_that_differ_cannot_both_be_used(town: Town) -> None:
    town.clear().indicator("x", "户")
    town.write(OBSERVATIONS, [], [*town.header(OBSERVATIONS), "use"])
    for value in ("321户", "322户"):
        town.state("x", value, use="是")
    assert [fault.code for fault in town.faults()] == ["contradiction"]


def test_statements_of_different_periods_do_not_contradict(town: Town) -> None:
    town.clear().indicator("x", "户")
    town.state("x", "398户", time_period="2019")
    town.state("x", "399户", time_period="2020-03")
    assert len(town.ledger().figures) == 2


# -- names of towns ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *("nowhere", "", ".", "..", "../xushi", "../../etc", "xushi/../xushi", "xushi/"),
        *("/etc", "xushi\n", "xushi\0", "x y", "http://x", "xushi\\text", "catalogue.csv"),
    ],
    ids=ascii,
)
def test_only_a_folder_of_the_data_is_a_town(town: Town, name: str) -> None:
    with pytest.raises(DataFaults) as refused:
        dataset.load(town.data, name)
    assert [fault.code for fault in refused.value.faults] == ["file_missing"]


def test_a_town_may_have_a_chinese_name(town: Town) -> None:
    (town.data / "xushi").rename(town.data / "许市镇")
    assert dataset.load(town.data, "许市镇").ref_area == "许市镇"


# -- the descriptor ------------------------------------------------------------------------------


def test_the_shipped_descriptor_is_the_one_made_from_the_columns() -> None:
    shipped = json.loads((DATA / "xushi/datapackage.json").read_text(encoding="utf-8"))
    assert shipped == datapackage.descriptor("xushi", shipped["title"])


def test_the_descriptor_names_the_columns_of_each_file(town: Town) -> None:
    for resource in datapackage.descriptor("xushi", "")["resources"]:
        if not (town.data / "xushi" / resource["path"]).exists():
            continue
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert town.header(f"xushi/{resource['path']}") == names, resource["path"]


def test_the_descriptor_says_what_must_be_filled_and_chosen() -> None:
    fields = {
        (resource["name"], field["name"]): field
        for resource in datapackage.descriptor("xushi", "")["resources"]
        for field in resource["schema"]["fields"]
    }
    for file, columns in ALL.items():
        name = Path(file).stem
        for column in columns if file.startswith("xushi/") else ():
            if column.extra:
                continue
            constraints = fields[name, column.name].get("constraints", {})
            assert constraints.get("required", False) == column.required
            assert tuple(constraints.get("enum", ())) == column.choices


def test_the_releases_are_the_years_reported_on(town: Town) -> None:
    town.clear().indicator("x", "户")
    town.state("x", "2户", release="2020")
    town.state("x", "1户", release="2018")
    assert town.load().releases == [2018, 2020]
