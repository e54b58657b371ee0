"""The assessment's figures for the ledger: counts and totals over persons, never a person.

All of them are internal. What an open parameter decides is entered without a value, with the parameter
and its query, so that the report can say what it cannot give, and why.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from xushi_stats.faults import Fault, errors
from xushi_stats.quantity import Unit
from xushi_stats.registers import town_rules
from xushi_stats.registers.aggregates import Room, Value, Words, digests
from xushi_stats.registers.assessment import by_domain
from xushi_stats.registers.assessment_register import Register, Service, read
from xushi_stats.registers.assessment_rules import KEYS, Grade, grade_name
from xushi_stats.registers.entries import Entry, numbered
from xushi_stats.registers.explanation import FOURTH, GROUPS
from xushi_stats.registers.outcomes import Distribution, Outcome, distribution, outcomes
from xushi_stats.registers.rules import Open, Rules, settle

if TYPE_CHECKING:
    from xushi_stats.dataset import Dataset

TABLES = ("staff", "assessment")
_PERSONS, _POINTS, _ENTRIES = Unit("人"), Unit("分", "考核"), Unit("条", "考核记分")
_SHOWN = {_PERSONS: ("", ""), _POINTS: ("", "points"), _ENTRIES: ("", "entries")}


def entries(dataset: Dataset, release: int, folder: Path, faults: list[Fault]) -> list[Entry]:
    """The figures of a year's assessment.

    Args:
        dataset: the town; its rules are read.
        release: the year.
        folder: the town's registers.
        faults: receives what is wrong with registers and rules; then there are no figures.
    """
    found: list[Fault] = []
    rules = town_rules.load(dataset, found)
    register = read_register(dataset, folder, rules, found)
    faults.extend(fault for fault in found if fault not in faults)
    if errors(found):
        return []
    files = digests(folder, TABLES, dataset.folder / town_rules.FILE)
    room = Room("assessment", "assessment", files, rules)
    return list(figures(room, register, release))


def read_register(dataset: Dataset, folder: Path, rules: Rules, faults: list[Fault]) -> Register:
    """The register, with the years and the fields assessed that it may name."""
    first = rules.get("assessment.history.first")
    starts = [*dataset.releases[:1], *([first] if isinstance(first, int) else [])]
    years = range(min(starts), dataset.releases[-1] + 2)  # the running year may be begun
    domains = rules.get("assessment.points.domains")
    known = None if domains is None or isinstance(domains, Open) else domains
    return read(folder, years, faults, town=dataset.ref_area, domains=known)


def all_outcomes(register: Register, release: int, rules: Rules) -> list[Outcome]:
    """The outcomes of all years that the register covers, up to a release."""
    years = {entry.date.year for entry in register.entries} | {release}
    return outcomes(register, range(min(years), release + 1), rules)


def figures(room: Room, register: Register, year: int) -> Iterator[Entry]:
    """All figures of a year."""
    of_year = [o for o in all_outcomes(register, year, room.rules) if o.score.year == year]
    yield from _persons(room, register, of_year, year)
    yield from _grades(room, of_year, year)
    yield from _totals(room, of_year, year)
    yield from _points(room, register, year)


def _made(
    room: Room,
    name: str,
    year: int,
    value: Value,
    unit: Unit,
    said: tuple[str, str, str, str],
    function: str,
    decimals: int = 0,
) -> Entry:
    zh, en, about_zh, about_en = said
    words = Words((zh, en), (about_zh, about_en), unit, _SHOWN[unit], decimals)
    return room.entry(name, words, str(year), value, function, f"year={year}")


# -- who was in post ---------------------------------------------------------------------------


def _persons(
    room: Room, register: Register, of_year: Sequence[Outcome], year: int
) -> Iterator[Entry]:
    whole = distribution(of_year)
    left, service = (_unassessed(of_year, why) for why in ("left", "service"))
    counts: list[tuple[str, Value, str, str, str, str]] = [
        (
            "persons",
            whole.persons,
            "年内在任人数",
            "Persons in post in the year",
            "当年任何一日在任的机关干部职工和村级干部，一人计一次。",
            "Town staff and village cadres in post on any day of the year, each counted once.",
        ),
        (
            "assessed",
            whole.assessed,
            "参加年度考核人数",
            "Persons assessed",
            "年内在任并有年度总分的人数。",
            "Persons in post who have a total for the year.",
        ),
        (
            "unassessed.left",
            left,
            "年末已离任未考核人数",
            "Not assessed, having left",
            "年末已不在任，按规定不参加年终总评的人数。",
            "Persons no longer in post at the end of the year, and so not assessed.",
        ),
        (
            "unassessed.service",
            service,
            "在任天数不足未考核人数",
            "Not assessed, too short in post",
            "在任天数少于规定天数、未参加考核的人数。",
            "Persons not assessed since they were in post for fewer days than the rules want.",
        ),
        *_movers(register, year),
    ]
    for name, value, *said in counts:
        zh, en, about_zh, about_en = said
        yield _made(
            room, name, year, value, _PERSONS, (zh, en, about_zh, about_en), "count persons"
        )
    for key, part, group in _by_instrument(of_year):
        zh, en = group
        about = f"适用{zh}考核办法的年内在任人数。", f"Persons in post under the measures for {en}."
        value = part if isinstance(part, Open) else part.persons
        said3 = (f"{zh}年内在任人数", f"In post in the year, {en}", *about)
        yield _made(room, f"persons.{key}", year, value, _PERSONS, said3, f"count persons, {key}")
        about = f"适用{zh}考核办法、有年度总分的人数。", f"Those of them with a total, {en}."
        value = part if isinstance(part, Open) else part.assessed
        said3 = (f"{zh}参加年度考核人数", f"Persons assessed, {en}", *about)
        yield _made(room, f"assessed.{key}", year, value, _PERSONS, said3, f"count assessed, {key}")


def _movers(register: Register, year: int) -> list[tuple[str, Value, str, str, str, str]]:
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    eve = first - datetime.timedelta(days=1)
    within = {
        person: [s for s in services if s.days(first, last)]
        for person, services in register.services_of.items()
    }
    here = [person for person, services in within.items() if services]
    joined = sum(not _in_post(register.services_of[p], eve) for p in here)
    left = sum(not _in_post(register.services_of[p], last) for p in here)
    moved = sum(len({s.instrument for s in within[p]}) > 1 for p in here)
    return [
        (
            "joined",
            joined,
            "年内到任人数",
            "Persons who joined in the year",
            "上年末不在任、当年到任的人数。",
            "Persons not in post at the end of the year before who took up a post in the year.",
        ),
        (
            "left",
            left,
            "年内离任人数",
            "Persons who left in the year",
            "当年离任、年末不在任的人数。",
            "Persons who left in the year and were not in post at its end.",
        ),
        (
            "moved",
            moved,
            "在机关与村级之间转任人数",
            "Moved between town offices and villages",
            "当年先后适用两个考核办法的人数。",
            "Persons who came under both measures in the year.",
        ),
    ]


def _in_post(services: Sequence[Service], day: datetime.date) -> bool:
    return any(service.holds(day) for service in services)


def _unassessed(of_year: Sequence[Outcome], why: str) -> Value:
    found = [o.score.unassessed for o in of_year]
    unsettled = next((value for value in found if isinstance(value, Open)), None)
    return unsettled or found.count(why)


def _by_instrument(
    of_year: Sequence[Outcome],
) -> Iterator[tuple[str, Distribution | Open, tuple[str, str]]]:
    """Key of the instrument, its distribution, and whom it is for."""
    unsettled = [o.score.instrument for o in of_year if isinstance(o.score.instrument, Open)]
    for key, instrument in KEYS.items():
        part = distribution([o for o in of_year if o.score.instrument == instrument])
        group = GROUPS[instrument]
        yield key, unsettled[0] if unsettled else part, (group["zh"], group["en"])


# -- grades ------------------------------------------------------------------------------------


def _grades(room: Room, of_year: Sequence[Outcome], year: int) -> Iterator[Entry]:
    whole = distribution(of_year)
    for grade in Grade:
        zh, en = grade_words(grade, room.rules)
        yield _grade(
            room,
            "raw",
            grade,
            year,
            whole.raw,
            (f"当年档次{zh}人数", f"Grade of the year: {en}"),
            (
                "只按当年总分得出的档次，尚未计连续年度的规定。",
                "The grade that the year's total alone gives, before the rules on consecutive years.",
            ),
        )
    for grade in Grade:
        zh, en = grade_words(grade, room.rules)
        yield _grade(
            room,
            "effective",
            grade,
            year,
            whole.effective,
            (f"定档{zh}人数", f"Effective grade: {en}"),
            _EFFECTIVE,
        )
        name = (
            f"定档{zh}人数占参加考核人数比重",
            f"Share of those assessed, effective grade: {en}",
        )
        about = (
            f"定档{zh}人数与参加年度考核人数之比。",
            "Persons of the grade over persons assessed.",
        )
        words = Words(name, about, Unit("%"))
        yield room.share(
            f"effective.{grade.value}.share",
            words,
            str(year),
            f"effective.{grade.value}",
            "assessed",
        )
    for key, part, (who_zh, who_en) in _by_instrument(of_year):
        counts = part if isinstance(part, Open) else part.effective
        for grade in Grade:
            zh, en = grade_words(grade, room.rules)
            name = (f"{who_zh}定档{zh}人数", f"Effective grade, {who_en}: {en}")
            yield _grade(room, f"effective.{key}", grade, year, counts, name, _EFFECTIVE)
    yield from _consequences(room, of_year, whole, year)


_EFFECTIVE = (
    "计入连续年度规定之后的档次。",
    "The grade after the rules on consecutive years.",
)


def grade_words(grade: Grade, rules: Rules) -> tuple[str, str]:
    """A grade's name in both languages; of the fourth, where its name is open, that it is."""
    found = settle(lambda: (grade_name(grade, rules, "zh"), grade_name(grade, rules, "en")))
    return (FOURTH["zh"], FOURTH["en"]) if isinstance(found, Open) else found


def _grade(
    room: Room,
    kind: str,
    grade: Grade,
    year: int,
    counts: Mapping[Grade, int] | Open,
    name: tuple[str, str],
    about: tuple[str, str],
) -> Entry:
    value = counts if isinstance(counts, Open) else counts[grade]
    said = (*name, *about)
    function = f"count {kind}={grade.value}"
    return _made(room, f"{kind}.{grade.value}", year, value, _PERSONS, said, function)


def _consequences(
    room: Room, of_year: Sequence[Outcome], whole: Distribution, year: int
) -> Iterator[Entry]:
    assessed = [o for o in of_year if o.score.total is not None]
    counts: tuple[tuple[str, Value, str, str, str, str], ...] = (
        (
            "reclassified",
            whole.reclassified,
            "改定为不称职人数",
            "Reclassified as not competent",
            "连续两年基本称职、当年由基本称职改定为不称职的人数。",
            "Persons basically competent in two consecutive years and so classed as not competent.",
        ),
        (
            "ended",
            whole.ended,
            "终止职务人数",
            "Posts ended",
            "连续两年不称职、自然终止职务的人数。",
            "Persons not competent in two consecutive years, whose post ends.",
        ),
        (
            "talks",
            _count([o.consequences.talk for o in assessed]),
            "诫勉谈话人数",
            "Admonishing talks",
            "按规定作诫勉谈话、限期改进的人数。",
            "Persons due an admonishing talk and a time limit for improvement.",
        ),
        (
            "pay.none",
            _count([_no_pay(o) for o in assessed]),
            "不享受考核工资人数",
            "Assessed without assessment pay",
            "参加考核而不享受“考核工资”的人数。",
            "Persons assessed who receive no assessment pay.",
        ),
    )
    for name, value, *said in counts:
        zh, en, about_zh, about_en = said
        yield _made(
            room, name, year, value, _PERSONS, (zh, en, about_zh, about_en), f"count {name}"
        )


def _no_pay(outcome: Outcome) -> bool | Open:
    pay = outcome.consequences.pay
    return pay if isinstance(pay, Open) else pay == 0


def _count(flags: Sequence[bool | Open]) -> int | Open:
    """How many are true; where an open parameter decides one of them, that parameter."""
    return next((flag for flag in flags if isinstance(flag, Open)), None) or sum(map(bool, flags))


# -- totals and points -------------------------------------------------------------------------


def _totals(room: Room, of_year: Sequence[Outcome], year: int) -> Iterator[Entry]:
    parts: list[tuple[str, Distribution | Open, str, str]] = [
        ("", distribution(of_year), "", ""),
        *((f".{key}", part, zh, f", {en}") for key, part, (zh, en) in _by_instrument(of_year)),
    ]
    for suffix, part, zh, en in parts:
        for name, said_zh, said_en, about_zh, about_en in (
            (
                "mean",
                "平均总分",
                "Mean total",
                "参加考核人员年度总分的算术平均数。",
                "Arithmetic mean of the totals of those assessed.",
            ),
            (
                "median",
                "总分中位数",
                "Median total",
                "参加考核人员年度总分的中位数，人数为双数的取中间两数的平均。",
                "Median of the totals of those assessed; the mean of the middle two of an even number.",
            ),
        ):
            value: Value = part if isinstance(part, Open) else getattr(part, name)
            said = (f"{zh}{said_zh}", f"{said_en}{en}", about_zh, about_en)
            yield _made(
                room, f"total.{name}{suffix}", year, value, _POINTS, said, f"{name} of totals", 2
            )


def _points(room: Room, register: Register, year: int) -> Iterator[Entry]:
    """Entries and points as they stand in the register, whether or not they count for a person."""
    of_year = [entry for entry in register.entries if entry.date.year == year]
    domains = by_domain(of_year)
    listed = room.rules.get("assessment.points.domains")
    names = list(domains) if listed is None or isinstance(listed, Open) else list(listed)
    ids = numbered("domain", names)
    rows = [(ids[d], f"“{d}”", f"{d}: ", [e for e in of_year if e.domain == d]) for d in names]
    for prefix, zh, en, found in [("register", "全部", "", of_year), *rows]:
        added = sum(e.points for e in found if e.points > 0)
        deducted = -sum(e.points for e in found if e.points < 0)
        about = f"当年记分登记表所列{zh}记分的"
        where = "Of the entries of the year"
        for name, value, unit, end_zh, end_en in (
            ("entries", len(found), _ENTRIES, "记分条数", "entries"),
            ("added", added, _POINTS, "加分合计", "points added"),
            ("deducted", deducted, _POINTS, "扣分合计", "points deducted"),
        ):
            said = (
                f"{zh}{end_zh}",
                _capital(f"{en}{end_en}"),
                f"{about}{end_zh}。",
                f"{where}: {end_en}.",
            )
            filtered = f"{prefix}.{name}"
            yield _made(room, filtered, year, Fraction(value), unit, said, f"{name} by domain")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
