"""Two editions compared: exactly the numbers that depend on a change are listed, with its cause."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from towns import DATA, OBSERVATIONS, Town

from xushi_stats import format
from xushi_stats.compute import build
from xushi_stats.faults import DataFaults
from xushi_stats.reporting.evidence import write_ledger
from xushi_stats.revisions import editions, rendering
from xushi_stats.revisions.compare import Change, Comparison, compare, swapped

Spoil = Callable[[Town], object]
INTERNAL = editions.Place("xushi", None, public=False)
PUBLIC = editions.Place("xushi", None, public=True)


def made(folder: Path) -> Town:
    """A town of its own: two parts, their sum, a share, an internal figure, an approximate one."""
    town = Town(folder).clear()
    for name, value in (
        ("one", "30户"),
        ("two", "10户"),
        ("people", "100人"),
        ("area", "7000余亩"),
    ):
        unit = {"people": "人", "area": "亩"}.get(name, "户")
        town.indicator(name, unit)
        town.state(name, value)
    town.indicator("whole", "户", "one + two")
    town.indicator("part", "%", "share(one, whole)", decimals="2")
    town.indicator("size", "人/户", "mean(people, whole)", decimals="2")
    town.indicator("secret", "户", "two - one", audience="internal")
    town.indicator("apart", "亩/户", "area / two", decimals="1")
    return town


@pytest.fixture
def before(tmp_path: Path) -> Town:
    return made(tmp_path / "before")


@pytest.fixture
def after(tmp_path: Path) -> Town:
    return made(tmp_path / "after")


def held(old: Path, new: Path, place: editions.Place = INTERNAL) -> Comparison:
    return compare(*editions.pair(old, new, place))


def told(found: Comparison) -> dict[str, tuple[str, set[str]]]:
    """Indicator → what happened, and the causes as ``indicator:kind``."""
    return {
        _bare(change.entry.indicator): (
            change.what,
            {f"{_bare(c.figure).partition('@')[0]}:{c.kind}" for c in change.causes},
        )
        for change in found.changes
    }


def _bare(name: str) -> str:
    return name.partition("/")[2]


def state(name: str, **cells: str) -> Spoil:
    return lambda town: town.change(OBSERVATIONS, lambda row: row["indicator"] == name, **cells)


def enter(name: str, **cells: str) -> Spoil:
    return lambda town: town.change("catalogue.csv", lambda row: row["id"] == name, **cells)


def drop(*names: str) -> Spoil:
    return lambda town: town.keep(OBSERVATIONS, lambda row: row["indicator"] not in names)


def strike(name: str) -> Spoil:
    def spoil(town: Town) -> None:
        drop(name)(town)
        town.keep("catalogue.csv", lambda row: row["id"] != name)

    return spoil


def several(*spoils: Spoil) -> Spoil:
    return lambda town: [spoil(town) for spoil in spoils]


CASES: dict[str, tuple[Spoil, dict[str, tuple[str, set[str]]]]] = {
    "nothing": (lambda town: None, {}),
    "an observation": (
        state("people", value="110人"),
        {
            "people": ("changed", {"people:value"}),
            "size": ("changed", {"people:value"}),
        },
    ),
    "an observation below other formulas": (
        state("one", value="31户"),
        {
            "one": ("changed", {"one:value"}),
            "whole": ("changed", {"one:value"}),
            "part": ("changed", {"one:value"}),
            "size": ("changed", {"one:value"}),
            "secret": ("changed", {"one:value"}),
        },
    ),
    "two observations": (
        several(state("one", value="31户"), state("people", value="110人")),
        {
            "one": ("changed", {"one:value"}),
            "people": ("changed", {"people:value"}),
            "whole": ("changed", {"one:value"}),
            "part": ("changed", {"one:value"}),
            "size": ("changed", {"one:value", "people:value"}),
            "secret": ("changed", {"one:value"}),
        },
    ),
    "a formula": (
        enter("part", formula="share(two, whole)"),
        {"part": ("changed", {"part:formula"})},
    ),
    "a formula below another": (
        enter("whole", formula="one + one"),
        {
            "whole": ("changed", {"whole:formula"}),
            "part": ("changed", {"whole:formula"}),
            "size": ("changed", {"whole:formula"}),
        },
    ),
    "a formula and an observation": (
        several(enter("part", formula="share(two, whole)"), state("two", value="12户")),
        {
            "two": ("changed", {"two:value"}),
            "whole": ("changed", {"two:value"}),
            "part": ("changed", {"part:formula", "two:value"}),
            "size": ("changed", {"two:value"}),
            "secret": ("changed", {"two:value"}),
            "apart": ("changed", {"two:value"}),
        },
    ),
    "a formula written otherwise": (
        enter("part", formula="one / whole"),
        {"part": ("described", {"part:formula"})},
    ),
    "the rounding": (enter("part", decimals="1"), {"part": ("changed", {"part:form"})}),
    "the rounding and an observation": (
        several(enter("size", decimals="1"), state("people", value="110人")),
        {
            "people": ("changed", {"people:value"}),
            "size": ("changed", {"people:value", "size:form"}),
        },
    ),
    "a rounding that does not show": (
        several(enter("people", decimals="1"), state("people", value="110人")),
        {"people": ("changed", {"people:value"}), "size": ("changed", {"people:value"})},
    ),
    "the unit in print": (enter("size", shown_zh="口"), {"size": ("changed", {"size:form"})}),
    "the unit": (
        several(enter("area", unit="公顷"), enter("apart", unit="公顷/户")),
        {
            "area": ("changed", {"area:unit"}),
            "apart": ("changed", {"area:unit", "apart:unit"}),
        },
    ),
    "the wording alone": (
        state("area", value="7千余亩"),
        {"area": ("described", {"area:wording"})},
    ),
    "an indicator dropped": (
        several(strike("people"), strike("size")),
        {
            "people": ("vanished", {"people:dropped"}),
            "size": ("vanished", {"size:dropped"}),
        },
    ),
    "an observation dropped": (
        drop("people"),
        {
            "people": ("vanished", {"people:dropped"}),
            "size": ("vanished", {"people:dropped"}),
        },
    ),
    "one input dropped, the other changed": (
        several(drop("people"), state("two", value="12户")),
        {
            "people": ("vanished", {"people:dropped"}),
            "two": ("changed", {"two:value"}),
            "whole": ("changed", {"two:value"}),
            "part": ("changed", {"two:value"}),
            "size": ("vanished", {"people:dropped"}),
            "secret": ("changed", {"two:value"}),
            "apart": ("changed", {"two:value"}),
        },
    ),
    "a new indicator": (
        lambda town: [town.indicator("three", "户"), town.state("three", "5户")],
        {"three": ("appeared", {"three:added"})},
    ),
    "two observations exchanged": (
        several(state("one", value="10户"), state("two", value="30户")),
        {
            "one": ("changed", {"one:value"}),
            "two": ("changed", {"two:value"}),
            "part": ("changed", {"one:value"}),
            "secret": ("changed", {"one:value", "two:value"}),
            "apart": ("changed", {"two:value"}),
        },
    ),
    "the status": (
        state("people", status="年报数(核定数)"),
        {"people": ("described", {"people:status"})},
    ),
    "the name": (enter("part", name_zh="另名"), {"part": ("described", {"part:name"})}),
    "the name and the value": (
        several(enter("people", name_zh="另名"), state("people", value="110人")),
        {
            "people": ("changed", {"people:name", "people:value"}),
            "size": ("changed", {"people:value"}),
        },
    ),
    "the assumption": (
        enter("part", assumption_zh="另有假定", assumption_en="assumed"),
        {"part": ("described", {"part:assumption"})},
    ),
    "the period": (
        state("area", time_period="2019-12"),
        {
            "area": ("described", {"area:period"}),
            "apart": ("vanished", {"area:period"}),
        },
    ),
    "how a wording is read": (
        state("people", read_as="110人"),
        {"people": ("changed", {"people:reading"}), "size": ("changed", {"people:reading"})},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_depends_on_a_change_is_listed_with_its_cause(
    before: Town, after: Town, name: str
) -> None:
    spoil, expected = CASES[name]
    spoil(after)
    assert told(held(before.data, after.data)) == expected


def test_a_number_that_changed_behind_the_rounding_is_listed_apart(
    before: Town, after: Town
) -> None:
    for town, people in ((before, "100人"), (after, "101人")):
        several(state("people", value=people), state("one", value="29990户"))(town)
    found = held(before.data, after.data)
    assert told(found)["size"] == ("behind", {"people:value"})
    change = next(c for c in found.changes if c.what == "behind")
    assert change.shown("zh")[0] == change.shown("zh")[1]
    assert change.exact == ("1/300", "101/30000")
    text = "\n".join(rendering.lines(found, [], "zh"))
    assert "（未舍入 101/30000）" in text


def test_a_place_more_or_less_in_the_wording_is_the_cause_of_a_place_more_in_print(
    tmp_path: Path,
) -> None:
    towns = [Town(tmp_path / name).clear() for name in ("before", "after")]
    for town, value in zip(towns, ("15.1万元", "15.10万元"), strict=True):
        town.indicator("funds", "万元")
        town.indicator("more", "万元", "funds + funds", decimals="1")
        town.indicator("most", "万元", "more + more")  # more is printed alike, this is not
        town.state("funds", value)
    assert told(held(towns[0].data, towns[1].data)) == {
        "funds": ("changed", {"funds:value"}),
        "most": ("changed", {"funds:value"}),
    }


def test_two_periods_of_one_indicator_are_two_causes(before: Town, after: Town) -> None:
    for town, second in ((before, "40人"), (after, "41人")):
        town.state("people", second, time_period="2018")
    state("people", value="110人")(after)
    found = held(before.data, after.data)
    own = [c for c in found.changes if c.entry.indicator == "xushi/people"]
    assert {cause.figure for change in own for cause in change.causes} == {
        "xushi/people@2019",
        "xushi/people@2018",
    }


def test_an_exchange_is_pointed_out(before: Town, after: Town) -> None:
    CASES["two observations exchanged"][0](after)
    found = held(before.data, after.data)
    assert [tuple(_bare(c.entry.indicator) for c in pair) for pair in swapped(found.changes)] == [
        ("one", "two")
    ]
    assert "疑为两数互换：one的名称、two的名称" in [*rendering.lines(found, [], "zh")]


DIFFERENCES = [
    ("one", "31户", "+1户", "+1"),
    ("one", "29户", "-1户", "-1"),
    ("area", "8000余亩", "", ""),
    ("people", "1100人", "+1000人", "+1,000"),
]


@pytest.mark.parametrize(("name", "value", "zh", "en"), DIFFERENCES)
def test_the_difference_is_that_of_the_printed_numbers(
    before: Town, after: Town, name: str, value: str, zh: str, en: str
) -> None:
    state(name, value=value)(after)
    change = _change(held(before.data, after.data), name)
    assert (change.difference("zh"), change.difference("en")) == (zh, en)


def test_a_difference_has_as_many_decimals_as_the_finer_number(before: Town, after: Town) -> None:
    for town, area in ((before, "15.1亩"), (after, "15.25亩")):
        state("area", value=area)(town)
    assert _change(held(before.data, after.data), "area").difference("zh") == "+0.15亩"


def test_the_difference_of_two_shares_is_in_points(before: Town, after: Town) -> None:
    state("one", value="31户")(after)  # 30/40 and 31/41
    change = _change(held(before.data, after.data), "part")
    assert change.shown("zh") == ("75.00%", "75.61%")
    assert change.difference("zh") == "+0.61个百分点"
    assert change.difference("en") == "+0.61 percentage points"


def _change(found: Comparison, name: str) -> Change:
    return next(c for c in found.changes if c.entry.indicator == f"xushi/{name}")


# -- bundles and PDFs --------------------------------------------------------------------------


def bundle(town: Town, folder: Path) -> Path:
    """The folder that a build leaves, its ledger alone."""
    dataset = town.load()
    write_ledger(folder, build(dataset, 2019, []), dataset.digest, {})
    return folder


def carrying(path: Path, **files: bytes) -> Path:
    """A PDF with files attached, as a report carries its evidence."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        for name, content in files.items():
            file = name.replace("_", ".")
            pdf.attachments[file] = pikepdf.AttachedFileSpec(pdf, content, filename=file)
        pdf.save(path)
    return path


def attached(town: Town, path: Path, edition: str = "internal", lang: str = "zh") -> Path:
    """A PDF of one language with ``ledger.csv`` and ``manifest.json``."""
    folder = bundle(town, path.parent / f"{path.stem}-bundle")
    rows = list(csv.DictReader(io.StringIO((folder / "ledger.csv").read_text("utf-8-sig"))))
    for row in rows:
        row["shown"] = row.pop(f"shown_{lang}")
        row.pop({"zh": "shown_en", "en": "shown_zh"}[lang])
        row["formula"] = f"'{row['formula']}" if row["formula"].startswith("-") else row["formula"]
    if edition == "public":
        figures = build(town.load(), 2019, []).public().figures
        rows = [row for row in rows if row["id"] in figures]
        for row in rows:
            row["shown"] = format.text(figures[row["id"]], lang, "public")  # type: ignore[arg-type]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    about = {"ref_area": "xushi", "release": 2019, "lang": lang, "edition": edition}
    manifest = json.dumps({"report": {**about, "data_sha256": "0" * 64}}).encode()
    return carrying(path, ledger_csv=text.getvalue().encode("utf-8-sig"), manifest_json=manifest)


@pytest.mark.parametrize("name", ["nothing", "an observation", "a formula", "a new indicator"])
def test_bundle_pdf_and_data_folder_say_the_same(
    before: Town, after: Town, tmp_path: Path, name: str
) -> None:
    spoil, expected = CASES[name]
    spoil(after)
    olds = (bundle(before, tmp_path / "b"), attached(before, tmp_path / "b.pdf"), before.data)
    news = (bundle(after, tmp_path / "a"), attached(after, tmp_path / "a.pdf"), after.data)
    for old in olds:
        for new in news:
            assert told(held(old, new)) == expected, (old, new)


def test_the_ledger_that_a_pdf_carries_as_json_is_read_too(before: Town, tmp_path: Path) -> None:
    ledger = (bundle(before, tmp_path / "b") / "ledger.json").read_bytes()
    path = carrying(tmp_path / "b.pdf", ledger_json=ledger)
    assert held(path, before.data).changes == ()


def test_rounding_changed_between_two_bundles_is_the_form_in_print(
    before: Town, after: Town, tmp_path: Path
) -> None:
    enter("part", decimals="1")(after)
    found = held(bundle(before, tmp_path / "b"), bundle(after, tmp_path / "a"))
    assert told(found) == {"part": ("changed", {"part:form"})}


def test_another_program_is_named_where_the_data_are_the_same(before: Town, tmp_path: Path) -> None:
    folder = bundle(before, tmp_path / "b")
    path = folder / "ledger.json"
    content = json.loads(path.read_bytes())
    row = next(r for r in content["figures"] if r["id"] == "xushi/part@2019")
    row.update(value="3/5", bounds="[3/5, 3/5]", shown_zh="60.00%", shown_en="60.00%")
    path.write_text(json.dumps(content), encoding="utf-8")
    assert told(held(folder, before.data)) == {"part": ("changed", {"part:program"})}


def test_two_pdfs_without_a_common_language_are_refused(before: Town, tmp_path: Path) -> None:
    zh, en = (attached(before, tmp_path / f"{la}.pdf", lang=la) for la in ("zh", "en"))
    assert codes(zh, en) == ["compare_langs"]


def codes(old: Path, new: Path, place: editions.Place = INTERNAL) -> list[str]:
    with pytest.raises(DataFaults) as refused:
        held(old, new, place)
    return [fault.code for fault in refused.value.faults]


def test_what_cannot_be_compared_is_refused(before: Town, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert codes(empty, before.data) == ["compare_input"]
    assert codes(tmp_path / "nothing", before.data) == ["compare_input"]
    assert codes(carrying(tmp_path / "bare.pdf"), before.data) == ["compare_evidence"]
    torn = tmp_path / "torn.pdf"
    torn.write_bytes(b"%PDF-1.7 torn")
    assert codes(torn, before.data) == ["compare_unreadable"]
    folder = bundle(before, tmp_path / "b")
    (folder / "ledger.json").write_text("[]", encoding="utf-8")
    assert codes(folder, before.data) == ["compare_unreadable"]


def test_two_years_and_two_towns_are_refused(before: Town, after: Town, tmp_path: Path) -> None:
    after.state("people", "120人", release="2020", time_period="2020")
    old, new = bundle(before, tmp_path / "b"), after.data
    assert held(old, new).changes == ()  # the data folder takes the bundle's year
    assert codes(old, new, editions.Place("xushi", 2020, public=False)) == ["compare_year"]
    shutil.copytree(after.data / "xushi", after.data / "other")
    assert codes(old, new, editions.Place("other", 2019, public=False)) == ["compare_town"]


# -- the public edition ------------------------------------------------------------------------

SECRETS = ("secret", "7千余", "(7000", "8000)")


def public_text(found: Comparison) -> str:
    texts = [*rendering.lines(found, [], "zh"), *rendering.lines(found, [], "en")]
    files = rendering.as_csv(found, []) + rendering.as_json(found, [])
    return "\n".join(texts) + files.decode().partition('"not_compared"')[0]


@pytest.mark.parametrize("kind", ["data", "bundle"])
def test_a_public_comparison_shows_nothing_internal(
    before: Town, after: Town, tmp_path: Path, kind: str
) -> None:
    several(state("one", value="31户"), state("area", value="7千余亩"))(after)
    enter("secret", name_zh="内部新名")(after)
    old, new = before.data, after.data
    if kind == "bundle":
        old, new = bundle(before, tmp_path / "b"), bundle(after, tmp_path / "a")
    internal, public = held(old, new), held(old, new, PUBLIC)
    assert "secret" in told(internal) and "area" in told(internal)
    assert set(told(public)) == {"one", "whole", "part", "size"}
    text = public_text(public)
    assert "31户" in text
    assert [secret for secret in (*SECRETS, "内部新名", "31/41") if secret in text] == []
    assert "secret" in public_text(internal) and "31/41" in public_text(internal)


def test_the_public_reads_what_is_printed_and_not_the_wording(before: Town, after: Town) -> None:
    state("area", value="9千余亩")(after)
    internal, public = (held(before.data, after.data, place) for place in (INTERNAL, PUBLIC))
    assert "7000余亩 → 9千余亩" in public_text(internal)
    assert "7000余亩 → 9000余亩" in public_text(public)
    assert "9千" not in public_text(public)


def test_what_a_bundle_does_not_hold_for_the_public_is_said_not_to_be_compared(
    before: Town, after: Town, tmp_path: Path
) -> None:
    state("area", value="9000余亩")(after)
    bundled = held(bundle(before, tmp_path / "b"), after.data, PUBLIC)
    assert bundled.unread == ("xushi/apart@2019",)
    assert set(told(bundled)) == {"area"}
    folders = held(before.data, after.data, PUBLIC)
    assert folders.unread == ()
    assert _change(folders, "apart").shown("zh") == ("超过700.0亩/户", "超过900.0亩/户")


def test_a_public_pdf_makes_the_whole_comparison_public(
    before: Town, after: Town, tmp_path: Path
) -> None:
    state("one", value="31户")(after)
    found = held(attached(before, tmp_path / "b.pdf", "public"), after.data)
    assert found.public
    assert "secret" not in told(found)
    assert set(told(found)) == {"one", "whole", "part", "size"}


# -- Xushi -------------------------------------------------------------------------------------


def test_on_xushi_one_observation_moves_the_numbers_made_from_it_and_no_other(
    tmp_path: Path,
) -> None:
    town = Town(tmp_path)
    rows = town.read(OBSERVATIONS)
    for row in rows:
        if row["indicator"] == "poverty.persons.exited":
            row["value"] = "931人"
        if row["indicator"] == "poverty.persons.remaining":
            row["value"] = "168人"
    town.write(OBSERVATIONS, rows)
    found = held(DATA, town.data)
    exited, remaining = "poverty.persons.exited:value", "poverty.persons.remaining:value"
    assert told(found) == {
        "poverty.persons.exited": ("changed", {exited}),
        "poverty.persons.remaining": ("changed", {remaining}),
        "poverty.persons.exited.share": ("changed", {exited}),
        "poverty.persons.remaining.share": ("changed", {remaining}),
        "poverty.household_size.exited": ("changed", {exited}),
        "poverty.household_size.remaining": ("changed", {remaining}),
        "poverty.exited.share_gap": ("changed", {exited}),
    }


def test_a_count_of_projects_follows_the_milestones(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.change(
        "xushi/milestones.csv",
        lambda r: (r["area"], r["period"], r["status"]) == ("projects", "2019", "完成"),
        status="推进",
    )
    found = told(held(DATA, town.data))
    assert found and all(
        what == "changed" and {c.partition(":")[2] for c in causes} == {"records"}
        for what, causes in found.values()
    )


# -- the command -------------------------------------------------------------------------------


Run = Callable[..., tuple[int, str, str]]


def test_nothing_changed_is_said_and_ends_with_zero(before: Town, command: Run) -> None:
    status, out, complaint = command("compare", before.data, before.data)
    assert (status, complaint) == (0, "")
    assert out.splitlines()[-1] == "两份资料的数没有变动。"


def test_changes_end_with_zero_too_and_are_written_for_others_to_read(
    before: Town, after: Town, tmp_path: Path, command: Run
) -> None:
    state("one", value="31户")(after)
    table, program = tmp_path / "out" / "c.csv", tmp_path / "c.json"
    status, out, _ = command("compare", before.data, after.data, "--csv", table, "--json", program)
    assert status == 0
    assert "印出的数有变 (5)" in out
    assert "one的名称：填报的数有变：30户 → 31户" in out
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    found = json.loads(program.read_bytes())
    plain = [{k: v.removeprefix("'") for k, v in row.items()} for row in rows]
    assert plain == found["changes"]
    assert [row["id"] for row in rows] == [
        f"xushi/{n}@2019" for n in ("one", "whole", "part", "size", "secret")
    ]
    assert (rows[0]["difference_zh"], rows[2]["difference_en"]) == ("+1", "+0.61")


def test_a_text_of_the_table_is_no_formula(before: Town, after: Town) -> None:
    for town, name in ((before, "甲"), (after, "=HYPERLINK()")):
        enter("part", name_zh=name)(town)
    found = held(before.data, after.data)
    assert "'=HYPERLINK()" in rendering.as_csv(found, []).decode()


def test_the_same_comparison_gives_the_same_text(before: Town, after: Town, command: Run) -> None:
    CASES["two observations"][0](after)
    first = command("compare", before.data, after.data, "--lang", "en")
    assert "Causes" in first[1]
    assert first == command("compare", before.data, after.data, "--lang", "en")
