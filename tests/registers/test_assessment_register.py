"""The register is read or refused, all at once, and no word of it gets out."""

from __future__ import annotations

from pathlib import Path

import pytest
from assessed import day

from xushi_stats.faults import Fault
from xushi_stats.registers.assessment.register import Entry, Register, Service, read

STAFF = "person,name,instrument,unit,start,end"
ENTRIES = "entry,person,date,domain,points,ground,entered_by"
NAME = "许某某"
GOOD_STAFF = (f"a1,{NAME},机关,城建办,2019-05-01,", "b2,周某,村级,金盆村,2020-01-01,2020-06-30")
GOOD = "e1,a1,2020-03-16,服务群众,-5,迟到,李某"


def reading(
    folder: Path,
    *rows: str,
    staff: tuple[str, ...] = GOOD_STAFF,
    head: str = ENTRIES,
    staff_head: str = STAFF,
    **more: object,
) -> tuple[Register, list[Fault]]:
    place = folder / "demo" / "registers"
    place.mkdir(parents=True, exist_ok=True)
    for file, header, lines in (("staff", staff_head, staff), ("assessment", head, rows)):
        text = "\n".join((header, *lines)) + "\n"
        (place / f"{file}.csv").write_text(text, encoding="utf-8-sig")
    faults: list[Fault] = []
    return read(place, (2020, 2021), faults, **more), faults  # type: ignore[arg-type]


def places(faults: list[Fault]) -> list[tuple[str, str, int | None, str]]:
    return [(f.code, f.file.rpartition("/")[2], f.row, f.column) for f in faults]


def test_a_good_register_is_read(tmp_path: Path) -> None:
    found, faults = reading(tmp_path, GOOD, "e2,b2,2020-06-30,行为规范,+12,表彰,李某")
    assert faults == []
    assert found.services == (
        Service("a1", "机关", "城建办", day("2019-05-01"), None),
        Service("b2", "村级", "金盆村", day("2020-01-01"), day("2020-06-30")),
    )
    assert found.entries == (
        Entry("e1", "a1", day("2020-03-16"), "服务群众", -5),
        Entry("e2", "b2", day("2020-06-30"), "行为规范", 12),
    )
    assert list(found.services_of) == ["a1", "b2"] and list(found.entries_of) == ["a1", "b2"]


def test_chinese_headers_in_any_order_are_read(tmp_path: Path) -> None:
    head = "日期,人员编号,记分编号,加减分,考核内容,记分人,事由"
    found, faults = reading(tmp_path, "2020-03-16,a1,e1,7,服务群众,李某,加班", head=head)
    assert faults == [] and found.entries[0].points == 7


@pytest.mark.parametrize("points", ["0", "-0", "007", "+5", "-120"])
def test_whole_points_are_read_as_written(tmp_path: Path, points: str) -> None:
    found, faults = reading(tmp_path, GOOD.replace("-5", points))
    assert faults == [] and found.entries[0].points == int(points)


@pytest.mark.parametrize(
    "points",
    [
        *("５", "－5", "−5", '"1,000"', "5.0", "2.5", "五", "5分", "1e2", "--5", "+", "5 0", "1_0"),
        *("٣", "9" * 5000),
    ],
)
def test_points_that_are_no_plain_whole_number_are_refused(tmp_path: Path, points: str) -> None:
    found, faults = reading(tmp_path, GOOD.replace("-5", points))
    assert places(faults) == [("register_points", "assessment.csv", 2, "points")]
    assert found.entries == ()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((GOOD, GOOD.replace("-5", "-6")), ("register_id_twice", 3, "entry")),
        ((GOOD.replace("a1", "a9"),), ("register_person", 2, "person")),
        ((GOOD.replace("2020-03-16", "2022-03-16"),), ("register_year", 2, "date")),
        ((GOOD.replace("2020-03-16", "2019-12-31"),), ("register_year", 2, "date")),
        ((GOOD.replace("a1,2020-03-16", "b2,2020-07-01"),), ("register_outside", 2, "date")),
        ((GOOD.replace("2020-03-16", "2020-02-30"),), ("date", 2, "date")),
        ((GOOD.replace("2020-03-16", "2020/3/16"),), ("date", 2, "date")),
        ((GOOD.replace("2020-03-16", "20200316"),), ("date", 2, "date")),
        ((GOOD.replace("2020-03-16", "２０２０-03-16"),), ("date", 2, "date")),
        ((GOOD.replace("-5", ""),), ("required", 2, "points")),
        ((GOOD.replace("a1", ""),), ("required", 2, "person")),
        ((GOOD.replace("2020-03-16", ""),), ("required", 2, "date")),
        ((GOOD + ",多出的格",), ("cells", 2, "")),
    ],
)
def test_a_wrong_entry_is_one_fault(
    tmp_path: Path, rows: tuple[str, ...], expected: tuple[str, int, str]
) -> None:
    _, faults = reading(tmp_path, *rows)
    code, row, column = expected
    assert places(faults) == [(code, "assessment.csv", row, column)]


@pytest.mark.parametrize(
    ("staff", "expected"),
    [
        (("a1,,机关,某站,2020-05-01,2020-04-30",), ("register_order", 2, "end")),
        (("a1,,机关,某站,2020年5月,",), ("date", 2, "start")),
        (("a1,,机关,某站,2019-01-01,今年",), ("date", 2, "end")),
        (("a1,,乡镇,某站,2019-01-01,",), ("choice", 2, "instrument")),
        (("a1,,机关,,2019-01-01,",), ("required", 2, "unit")),
        (
            ("a1,,机关,某站,2019-01-01,2020-06-30", "a1,,村级,某村,2020-06-30,"),
            ("register_overlap", 3, "start"),
        ),
        (
            ("a1,,机关,某站,2019-01-01,", "a1,,村级,某村,2020-06-30,"),
            ("register_overlap", 3, "start"),
        ),
    ],
)
def test_a_wrong_service_is_one_fault(
    tmp_path: Path, staff: tuple[str, ...], expected: tuple[str, int, str]
) -> None:
    _, faults = reading(tmp_path, GOOD, staff=staff)
    code, row, column = expected
    assert places(faults) == [(code, "staff.csv", row, column)]


def test_a_service_may_be_of_one_day(tmp_path: Path) -> None:
    found, faults = reading(tmp_path, GOOD, staff=("a1,,机关,某站,2020-03-16,2020-03-16",))
    assert faults == [] and len(found.services) == 1


def test_services_one_after_the_other_are_a_transfer(tmp_path: Path) -> None:
    staff = ("a1,,村级,某村,2020-07-01,", "a1,,机关,某站,2019-01-01,2020-06-30")
    found, faults = reading(tmp_path, GOOD, staff=staff)
    assert faults == []
    assert [s.instrument for s in found.services_of["a1"]] == ["机关", "村级"]


def test_domains_are_those_of_the_rules(tmp_path: Path) -> None:
    assert reading(tmp_path, GOOD)[1] == []
    assert reading(tmp_path, GOOD, domains=("服务群众",))[1] == []
    _, faults = reading(tmp_path, GOOD, domains=("行为规范", "作风纪律"))
    assert places(faults) == [("register_domain", "assessment.csv", 2, "domain")]
    assert "行为规范、作风纪律" in faults[0].text("zh")


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    rows = (GOOD, GOOD, GOOD.replace("e1,a1", "e2,zz"), "e3,a1,昨天,服务群众,多,迟到,李某")
    _, faults = reading(tmp_path, *rows, staff=(*GOOD_STAFF, "c3,,机关,某站,何时,"))
    assert sorted(f.code for f in faults) == [
        *("date", "date", "register_id_twice", "register_person", "register_points")
    ]


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    faults: list[Fault] = []
    read(tmp_path / "demo" / "registers", (2020,), faults)
    assert {(f.code, f.file) for f in faults} == {
        ("file_missing", "demo/registers/staff.csv"),
        ("file_missing", "demo/registers/assessment.csv"),
    }


@pytest.mark.parametrize(
    ("rows", "staff", "more"),
    [
        ((f"{NAME},{NAME},{NAME},{NAME},{NAME},{NAME},{NAME}",), GOOD_STAFF, {}),
        ((f"{NAME},a1,2020-03-16,x,1,y,z",) * 2, GOOD_STAFF, {"domains": ("行为规范",)}),
        ((f"e1,{NAME},2020-03-16,x,1,y,z",), GOOD_STAFF, {}),
        ((GOOD + f",{NAME}",), GOOD_STAFF, {}),
        ((GOOD,), (f"{NAME},{NAME},{NAME},{NAME},{NAME},{NAME}",), {}),
        ((GOOD,), (f"{NAME},,机关,某站,2020-01-01,2019-01-01",), {}),
        ((GOOD,), (f"{NAME},,机关,某站,2020-01-01,",) * 2, {}),
        ((GOOD,), GOOD_STAFF, {"head": f"{ENTRIES},{NAME},{NAME}"}),
        ((GOOD,), GOOD_STAFF, {"staff_head": GOOD_STAFF[0]}),
        ((GOOD,), GOOD_STAFF, {"head": ENTRIES.replace("entered_by", "entered_by,points")}),
    ],
)
def test_no_fault_holds_a_name_or_an_id(
    tmp_path: Path, rows: tuple[str, ...], staff: tuple[str, ...], more: dict[str, object]
) -> None:
    _, faults = reading(tmp_path, *rows, staff=staff, **more)  # type: ignore[arg-type]
    assert faults
    for fault in faults:
        texts = (fault.text("zh"), fault.text("en"), repr(fault))
        assert not any(word in text for text in texts for word in (NAME, "周某", "a1", "李某"))
        assert "{" not in texts[0] + texts[1]


def test_a_stray_header_is_named_by_its_place(tmp_path: Path) -> None:
    _, faults = reading(tmp_path, GOOD, head=f"{ENTRIES},{NAME}")
    assert [(f.code, f.details["position"]) for f in faults] == [("register_header", "8")]
    assert "表头第8列" in faults[0].text("zh") and "column 8" in faults[0].text("en")


def test_a_register_keeps_no_name_and_no_ground(tmp_path: Path) -> None:
    found, _ = reading(tmp_path, GOOD)
    assert not any(word in repr(found) for word in (NAME, "李某", "迟到"))
