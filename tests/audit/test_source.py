"""Source closure: every number of a document accounted for, and every fault of it named."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from towns import DATA, ROOT, Cells

from xushi_stats import dataset
from xushi_stats.audit import claims, source_document
from xushi_stats.audit.source_document import SourceAudit
from xushi_stats.commands import main
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.numerals.chinese import find

QINGSHI = ROOT / "tests" / "qingshi"
TEXT = (QINGSHI / "speech.txt").read_bytes().decode("utf-8")
TABLE = "data/qingshi/{}.csv"
Change = Callable[[list[Cells]], list[Cells]]


class Invented:
    """A copy of the invented town, whose tables and speech a test may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "qingshi"
        shutil.copytree(QINGSHI, self.folder)
        self.text = TEXT

    def change(self, table: str, change: Change) -> None:
        path = self.folder / TABLE.format(table)
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        names = list(rows[0])
        changed = change([dict(row) for row in rows])
        assert changed != rows
        with open(path, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(changed)

    def cell(self, table: str, key: str, match: str, /, **cells: str) -> None:
        """Change the first row in which a column has a value."""

        def edit(rows: list[Cells]) -> list[Cells]:
            next(row for row in rows if row[key] == match).update(cells)
            return rows

        self.change(table, edit)

    def swap(self, old: str, new: str) -> None:
        assert self.text.count(old) == 1
        self.text = self.text.replace(old, new)

    def audit(self) -> SourceAudit:
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        loaded = dataset.load(self.folder / "data", "qingshi")
        return source_document.audit(
            self.text, loaded, "qingshi2022", sha256=digest, name="speech.txt"
        )

    def faults(self) -> list[Fault]:
        return list(self.audit().faults)


def told(faults: list[Fault]) -> list[tuple[str, str]]:
    return [(fault.code, fault.value) for fault in faults]


@pytest.fixture
def town(tmp_path: Path) -> Invented:
    return Invented(tmp_path)


# -- the documents -----------------------------------------------------------------------------


def test_every_number_of_the_invented_speech_is_accounted_for(town: Invented) -> None:
    audit = town.audit()
    assert [fault.text("zh") for fault in audit.faults] == []
    assert (audit.covered, len(audit.expressions), audit.is_changed) == (33, 33, False)


def test_every_number_of_the_2020_speech_is_accounted_for(speech: str) -> None:
    digest = hashlib.sha256(speech.encode()).hexdigest()
    audit = source_document.audit(speech, dataset.load(DATA, "xushi"), "speech2020", sha256=digest)
    assert [fault.text("zh") for fault in audit.faults] == []
    assert (audit.covered, len(audit.expressions), audit.is_changed) == (225, 225, False)


INVENTORY = re.compile(r"\bq(\d{3})(?:/q\d{3})?\b[^|;\n]*?\|[^|]*\|\s*(\d+)\s*\|\s*(\S+)\s*\|")


@pytest.mark.judge("speech")
def test_no_figure_that_the_inventory_lists_is_excluded(speech: str) -> None:
    """Read by hand, and told by number and unit; the same number may be excluded elsewhere."""
    import os

    inventory = Path(os.environ["XUSHI_SPEECH"]).with_name("INVENTORY.md")
    if not inventory.is_file():
        pytest.skip("no INVENTORY.md beside the speech")
    listed = {(value, unit) for _, value, unit in INVENTORY.findall(inventory.read_text("utf-8"))}
    assert len(listed) >= 20
    loaded = dataset.load(DATA, "xushi")
    excluded = {
        (str(e.quantity.value), e.quantity.unit.text)
        for row in loaded.records["exclusions"]
        for e in find(row["text"])
        if e.form == "quantity" and e.in_digits and e.quantity
    }
    assert listed & excluded == set()
    in_words = {row["text"] for row in loaded.records["exclusions"]}
    assert not {"三年", "两年", "五个", "一次", "一条", "万亩", "百亩", "无一例"} & in_words
    observed = {(str(o.quantity.value), o.wording) for o in loaded.observations}
    lost = {value for value, _ in listed} - {value for value, _ in observed}
    assert lost <= {"600000", "151000", "1159000", "240500"}  # which the speech writes in 万元


# -- single faults, each named -----------------------------------------------------------------


def test_a_changed_digit_of_an_observation_is_named_with_what_stands_there(town: Invented) -> None:
    town.cell("observations", "value", "18.5万元", value="18.6万元")
    first, second = town.faults()
    assert (first.code, first.file, first.row) == ("not_there", "qingshi/observations.csv", 7)
    assert first.details["found"].startswith("18.5万元")
    assert (second.code, second.value) == ("unaccounted", "18.5万元")


def test_a_moved_offset_is_named_with_the_place_of_the_wording(town: Invented) -> None:
    place = TEXT.index("2.4公里")
    town.cell("observations", "value", "2.4公里", start=str(place + 3))
    first, second = town.faults()
    assert (first.code, first.details["place"]) == ("stands_elsewhere", str(place))
    assert (second.code, second.value) == ("unaccounted", "2.4公里")


def test_an_offset_within_a_longer_number_leaves_it_unaccounted(town: Invented) -> None:
    place = TEXT.index("310人")
    town.cell("observations", "value", "310人", value="10人", start=str(place + 1))
    town.cell("observations", "value", "310人", value="10人", start=str(TEXT.rindex("10人")))
    assert told(town.faults()) == [
        *[("unaccounted", "310人")] * 2,
        *[("partial", str(TEXT.index("310人") + 1)), ("partial", str(TEXT.rindex("10人")))],
    ]


def test_a_qualifier_left_out_is_named(town: Invented) -> None:
    town.cell("observations", "value", "3000元左右", value="3000元")
    assert [code for code, _ in told(town.faults())] == ["unaccounted", "partial"]


def test_a_new_number_in_the_document_is_named_and_the_rest_is_anchored_again(
    town: Invented,
) -> None:
    town.swap("全镇无一例事故。", "全镇无一例事故。另有七座桥。")
    audit = town.audit()
    assert audit.is_changed
    errors = [fault for fault in audit.faults if fault.severity == "error"]
    assert told(errors) == [("document_changed", ""), ("unaccounted", "七座")]
    moved = [fault for fault in audit.faults if fault.code == "reanchored"]
    assert {int(f.details["place"]) - int(f.value) for f in moved} == {len("另有七座桥。")}
    assert audit.covered == len(audit.expressions) - 1


def test_a_number_changed_in_the_document_is_named_from_both_sides(town: Invented) -> None:
    town.swap("完成老街路2.4公里", "完成老街路4.2公里")
    assert sorted(told(town.faults())) == [
        *[("document_changed", ""), ("not_there", str(TEXT.index("2.4公里")))],
        ("unaccounted", "4.2公里"),
    ]


def test_a_row_does_not_move_into_a_longer_number_or_to_another_rows_place(town: Invented) -> None:
    town.swap("惠及农户96户", "惠及农户196户")
    first = str(TEXT.index("96户"))
    errors = [fault for fault in town.faults() if fault.severity == "error"]
    assert [(f.code, f.value) for f in errors] == [
        *[("document_changed", ""), ("stands_elsewhere", first)],
        ("unaccounted", "196户"),
    ]


def test_a_paragraph_moved_far_is_named(town: Invented) -> None:
    first = TEXT[TEXT.index("一是种植") : TEXT.index("\n\n二、")]
    filler = "这里没有别的内容。" * 60
    town.text = TEXT.replace(first, "") + filler + first
    faults = town.faults()
    elsewhere = [fault for fault in faults if fault.code == "stands_elsewhere"]
    assert {"1200余亩", "四个", "2.4公里", "18.5万元"} <= {f.details["wording"] for f in elsewhere}
    assert {"1200余亩", "2.4公里"} <= {f.value for f in faults if f.code == "unaccounted"}


def test_a_deleted_exclusion_leaves_its_number_unaccounted(town: Invented) -> None:
    town.change("exclusions", lambda rows: [row for row in rows if row["text"] != "G345"])
    (fault,) = town.faults()
    assert (fault.code, fault.value, fault.row) == ("unaccounted", "G345", 10)
    assert fault.details["start"] == str(TEXT.index("G345"))
    assert "G345沿线" in fault.details["around"]


def test_an_exclusion_given_twice_is_named(town: Invented) -> None:
    town.change("exclusions", lambda rows: [*rows, rows[3]])
    (fault,) = town.faults()
    assert (fault.code, fault.value, fault.row, fault.details["first"]) == (
        *("excluded_twice", "一年", 16),
        "5",
    )


def exclude(town: Invented, text: str, reason: str) -> None:
    place = {"source": "qingshi2022", "start": str(TEXT.index(text)), "note": ""}
    town.change("exclusions", lambda rows: [*rows, {"text": text, "reason": reason, **place}])


def test_a_figure_is_not_observed_and_excluded(town: Invented) -> None:
    exclude(town, "18.5万元", "discourse")
    assert told(town.faults()) == [("excluded_observed", "18.5万元")]


@pytest.mark.parametrize("text", ["18.5万元", "1200余亩"])
@pytest.mark.parametrize("reason", ["name", "idiom", "date", "ordinal"])
def test_a_figure_is_not_set_aside_as_a_word(town: Invented, text: str, reason: str) -> None:
    town.change("observations", lambda rows: [row for row in rows if row["value"] != text])
    exclude(town, text, reason)
    assert [code for code, _ in told(town.faults())] == ["excluded_figure"]


@pytest.mark.parametrize(
    "text",
    [
        "投入资金18.5万元，惠及农户96户",
        "完成老街路2.4公里，G345",
        "四个育苗基地，平均每户增收",
        "96户、310人",
    ],
)
def test_a_figure_does_not_hide_in_a_wide_exclusion(town: Invented, text: str) -> None:
    values = [e.wording for e in find(text)]
    town.change("observations", lambda rows: [row for row in rows if row["value"] not in values])
    exclude(town, text, "discourse")
    assert "excluded_wide" in [code for code, _ in told(town.faults())]


def test_a_long_phrase_is_wide_even_without_a_stop() -> None:
    assert claims.is_narrow("字" * claims.LONGEST)
    assert not claims.is_narrow("字" * 17)


def test_a_figure_does_not_hide_in_a_quotation(town: Invented) -> None:
    town.change("observations", lambda rows: [row for row in rows if row["value"] != "18.5万元"])
    text = "投入资金18.5万元"
    place = {"en": "funds", "source": "qingshi2022", "start": str(TEXT.index(text))}
    town.change("quotes", lambda rows: [*rows, {"text": text, **place}])
    assert told(town.faults()) == [("unaccounted", "18.5万元")]


def test_an_exclusion_without_a_number_is_named(town: Invented) -> None:
    exclude(town, "谢谢大家", "idiom")
    assert told(town.faults()) == [("excluded_nothing", "谢谢大家")]


def test_a_number_read_as_another_is_named(town: Invented) -> None:
    town.cell("observations", "value", "无一例", read_as="1例")
    assert told(town.faults()) == [("misread", "1例")]


def test_a_target_and_a_rule_account_for_their_own_number_alone(town: Invented) -> None:
    town.change("targets", lambda rows: [row for row in rows if row["id"] != "tea.garden"])
    assert told(town.faults()) == [("unaccounted", "千亩")]


# -- the command -------------------------------------------------------------------------------


def command(*arguments: object) -> int:
    options = ["--data", QINGSHI / "data", "--town", "qingshi"]
    return main.main(["audit", "source", *map(str, [*arguments, *options])])


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "已说明 33 处（100%）"), ("en", "33 accounted for")]
)
def test_the_command_prints_coverage(
    capsys: pytest.CaptureFixture[str], lang: str, said: str
) -> None:
    assert command(QINGSHI / "speech.txt", "--lang", lang) == main.DONE
    out, complaint = capsys.readouterr()
    assert (said in out, complaint) == (True, "")


def test_the_command_names_what_is_open_and_ends_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = tmp_path / "另存.txt"
    changed.write_bytes(TEXT.replace("谢谢大家", "另修七座桥。谢谢大家").encode())
    assert command(changed, "--lang", "zh") == main.FINDINGS
    out, complaint = capsys.readouterr()
    assert "34 处，已说明 33 处（97%）" in out
    assert "“七座”没有登记" in complaint and "不同" in complaint


def test_a_file_that_is_no_document_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "gbk.txt"
    wrong.write_bytes(TEXT.encode("gb18030"))
    for path, said in ((tmp_path / "none.txt", "找不到文件"), (wrong, "不是UTF-8文本")):
        assert command(path, "--lang", "zh") == main.FINDINGS
        assert said in capsys.readouterr().err


def test_the_document_is_told_by_its_digest_or_by_name(town: Invented) -> None:
    from xushi_stats.audit.commands import source_of

    loaded = dataset.load(town.folder / "data", "qingshi")
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    assert source_of(loaded, None, digest) == "qingshi2022"
    assert source_of(loaded, None, "0" * 64) == "qingshi2022"  # the only one that is cited
    with pytest.raises(DataFaults) as refused:
        source_of(loaded, "qingshi2021", digest)
    assert refused.value.faults[0].details["near"] == "qingshi2022"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        *(("不到96户", "partial"), ("突破96户", "partial"), ("最多96户", "partial")),
        *(("超96户", "partial"), ("96户有余", "partial"), ("负96户", "partial")),
        *(("减少96户", "sign_lost"), ("降低了96户", "sign_lost"), ("96户", "")),
    ],
)
def test_a_lost_qualifier_or_sign_is_named(tmp_path: Path, said: str, code: str) -> None:
    town = Invented(tmp_path)
    town.swap("惠及农户96户、310人", f"惠及农户{said}、310人")
    shift = said.index("96")

    def moved(rows: list[Cells]) -> list[Cells]:
        found = town.text.index(said) + shift
        for row in rows:
            if row["value"] == "96户" and int(row["start"]) < found + 12:
                row["start"] = str(found)
        return rows

    if shift:
        town.change("observations", moved)
    assert (code in [fault.code for fault in town.faults()]) == bool(code)
