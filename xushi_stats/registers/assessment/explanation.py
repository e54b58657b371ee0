"""A person's year explained entry by entry, from the base to the consequences.

It holds the person's id and the ids of entries; names and the grounds of entries, in which others may
be named, are not in it. It is for the person and those who decide, not for a report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from xushi_stats.faults import Lang
from xushi_stats.format import round_to
from xushi_stats.notation import digits
from xushi_stats.registers.assessment.outcomes import Outcome
from xushi_stats.registers.rules.assessment import BASE, Grade, grade_name
from xushi_stats.registers.rules.parameter import Open, Rules, settle

Words = Mapping[Lang, str]
LANGS: tuple[Lang, ...] = ("zh", "en")

TEXTS: Mapping[str, tuple[str, str]] = {
    "person": ("人员编号{person}，{year}年度考核。", "Person {person}, assessment of {year}."),
    "instrument": (
        "按{group}考核办法定档，计入任职{days}天（全年{of}天）。",
        "Graded under the measures for {group}; {days} days in post count, of {of}.",
    ),
    "base": ("基本分{base}分。", "Base: {base} points."),
    "entry": (
        "{date}，{domain}，{points}分（记分编号{entry}），累计{running}分。",
        "{date}, {domain}: {points} (entry {entry}), making {running}.",
    ),
    "left_out": (
        "{date}，{domain}，{points}分（记分编号{entry}），不计入。",
        "{date}, {domain}: {points} (entry {entry}), does not count.",
    ),
    "part_year": (
        "任职不满全年，加减分净额{net}分乘以{of}/{days}，加基本分为{points}分。",
        "Less than a year in post: the base and the net {net} times {of}/{days} make {points} points.",
    ),
    "limit": (
        "{points}分超出限额，以{total}分计。",
        "{points} points are beyond the limit and count as {total}.",
    ),
    "total": ("年度总分{total}分。", "Total of the year: {total} points."),
    "left": ("年末已不在任，不参加年终总评。", "Not in post at the end of the year: not assessed."),
    "service": (
        "任职天数不足规定的{least}天，为未考核。",
        "Fewer days in post than the {least} that are wanted: not assessed.",
    ),
    "cutoffs": (
        "前三档最低分为{limits}分，当年档次：{grade}。",
        "Lowest totals of the upper three grades: {limits}. Grade of the year: {grade}.",
    ),
    "quotas": (
        "在参加考核的{of}人中排第{rank}名，名额自上累计为{places}人，当年档次：{grade}。",
        "Ranks {rank} of {of} assessed; places from the top: {places}. Grade of the year: {grade}.",
    ),
    "capped": (
        "达到优秀分数线，在达线者中排第{rank}名，参加考核{of}人，优秀名额{places}人，当年档次：{grade}。",
        "Reaches the cut-off for excellent and ranks {rank} of those who do; {of} assessed, places as "
        "excellent: {places}. Grade of the year: {grade}.",
    ),
    "reclassified": (
        "{before}年度、{year}年度连续两年基本称职，定为不称职。",
        "Basically competent in {before} and {year}, two consecutive years: classed as not competent.",
    ),
    "effective": ("定档：{grade}。", "Effective grade: {grade}."),
    "ended": (
        "{before}年度、{year}年度连续两年不称职，自然终止职务。",
        "Not competent in {before} and {year}, two consecutive years: the post ends.",
    ),
    "pay": ("“考核工资”按标准的{share}发放。", "Assessment pay: {share} of the standard."),
    "no_pay": ("不享受“考核工资”。", "No assessment pay."),
    "talk": ("诫勉谈话，限期改进。", "Admonishing talk and a time limit for improvement."),
    "deadline": ("改进期限{days}天。", "Time limit: {days} days."),
    "promotion": ("优先提拔重用。", "Priority for promotion."),
    "open": (
        "{what}不能确定：规则参数 {name} 尚未确定（待核实事项 {query}）。",
        "{what} cannot be given: the rule parameter {name} is open (query {query}).",
    ),
}
"""Code of a step → its text in Chinese and English."""

WHAT: Mapping[str, Words] = {
    "instrument": {"zh": "适用的考核办法", "en": "the measures that apply"},
    "assessed": {"zh": "是否参加考核", "en": "whether there is an assessment"},
    "total": {"zh": "年度总分", "en": "the total"},
    "raw": {"zh": "当年档次", "en": "the grade of the year"},
    "effective": {"zh": "定档", "en": "the effective grade"},
    "ended": {"zh": "是否终止职务", "en": "whether the post ends"},
    "pay": {"zh": "“考核工资”", "en": "assessment pay"},
    "talk": {"zh": "是否诫勉谈话", "en": "whether there is a talk"},
    "deadline": {"zh": "改进期限", "en": "the time limit"},
}
"""What a step that is open would have said."""

GROUPS: Mapping[str, Words] = {
    "机关": {"zh": "机关干部职工", "en": "town staff"},
    "村级": {"zh": "村级干部", "en": "village cadres"},
}
FOURTH: Words = {"zh": "（名称未定的一档）", "en": "(the grade whose name is open)"}


@dataclass(frozen=True)
class Step:
    """A step of an explanation.

    Attributes:
        code: key of ``TEXTS``.
        values: what the text names; words are there in both languages.
    """

    code: str
    values: Mapping[str, str | Words] = field(default_factory=dict)

    def text(self, lang: Lang) -> str:
        """The step as a sentence."""
        said = {k: v if isinstance(v, str) else v[lang] for k, v in self.values.items()}
        sentence = TEXTS[self.code][LANGS.index(lang)].format(**said)
        return sentence[:1].upper() + sentence[1:] if lang == "en" else sentence


def explain(outcome: Outcome, rules: Rules) -> tuple[Step, ...]:
    """How a person's year came to its total, grades and consequences, one step after another."""
    return (*_score(outcome, rules), *_grades(outcome, rules), *_consequences(outcome))


def _score(outcome: Outcome, rules: Rules) -> Iterator[Step]:
    score = outcome.score
    yield Step("person", {"person": score.person, "year": str(score.year)})
    if isinstance(score.instrument, Open):
        yield _open("instrument", score.instrument)
    else:
        group = GROUPS[score.instrument]
        yield Step("instrument", {"group": group, "days": str(score.days), "of": str(score.of)})
    if isinstance(score.unassessed, Open):
        yield _open("assessed", score.unassessed)
        return
    if score.unassessed:
        least = settle(lambda: str(rules.value("assessment.service.minimum")))
        yield Step(score.unassessed, {"least": least} if isinstance(least, str) else {})
        return
    yield Step("base", {"base": str(BASE)})
    running = BASE
    for entry in score.entries:
        running += entry.points
        yield _entry(
            "entry", entry.date.isoformat(), entry.domain, entry.points, entry.entry, running
        )
    for entry in score.left_out:
        yield _entry("left_out", entry.date.isoformat(), entry.domain, entry.points, entry.entry, 0)
    yield from _total(outcome)


def _entry(code: str, date: str, domain: str, points: int, entry: str, running: int) -> Step:
    values = {"date": date, "domain": domain, "points": f"{points:+}", "entry": entry}
    return Step(code, {**values, "running": str(running)})


def _total(outcome: Outcome) -> Iterator[Step]:
    score = outcome.score
    uncut, total = score.uncut, score.total
    if isinstance(uncut, Fraction) and uncut != BASE + score.net:
        values = {"net": f"{score.net:+}", "days": str(score.days), "of": str(score.of)}
        yield Step("part_year", {**values, "points": _points(uncut)})
    if isinstance(total, Open):
        yield _open("total", total)
    elif total is not None and isinstance(uncut, Fraction):
        if uncut != total:
            yield Step("limit", {"points": _points(uncut), "total": _points(total)})
        yield Step("total", {"total": _points(total)})


def _grades(outcome: Outcome, rules: Rules) -> Iterator[Step]:
    raw, standing = outcome.raw, outcome.standing
    year = str(outcome.score.year)
    if isinstance(raw.grade, Open):
        yield _open("raw", raw.grade)
    elif raw.grade is not None:
        values: dict[str, str | Words] = {"of": str(raw.of)}
        values |= {"limits": _list(raw.limits), "places": _list(raw.places)}
        rank = str(raw.best) if raw.best == raw.worst else f"{raw.best}—{raw.worst}"
        code = ("capped" if raw.limits else "quotas") if raw.places else "cutoffs"
        yield Step(code, {**values, "rank": rank, "grade": _name(raw.grade, rules)})
    if standing.reclassified is True:
        yield Step("reclassified", {"before": str(standing.before), "year": year})
    if isinstance(standing.effective, Open):
        yield _open("effective", standing.effective)
    elif standing.effective is not None:
        yield Step("effective", {"grade": _name(standing.effective, rules)})
    if isinstance(standing.ended, Open):
        yield _open("ended", standing.ended)
    elif standing.ended:
        yield Step("ended", {"before": str(standing.before), "year": year})


def _consequences(outcome: Outcome) -> Iterator[Step]:
    found = outcome.consequences
    if isinstance(found.pay, Open):
        yield _open("pay", found.pay)
    elif found.pay:
        share = found.pay * 100
        yield Step("pay", {"share": {lang: f"{words}%" for lang, words in _points(share).items()}})
    else:
        yield Step("no_pay")
    if isinstance(found.talk, Open):
        yield _open("talk", found.talk)
    elif found.talk:
        yield Step("talk")
        if isinstance(found.deadline, Open):
            yield _open("deadline", found.deadline)
        else:
            yield Step("deadline", {"days": str(found.deadline)})
    if found.promotion is True:
        yield Step("promotion")


def _open(what: str, needed: Open) -> Step:
    return Step("open", {"what": WHAT[what], "name": needed.name, "query": needed.query})


def _name(grade: Grade, rules: Rules) -> Words:
    names = settle(lambda: {lang: grade_name(grade, rules, lang) for lang in LANGS})
    return FOURTH if isinstance(names, Open) else names


def _points(number: Fraction) -> Words:
    """A number of points: whole, or exact with its two decimals."""
    if number.denominator == 1:
        return dict.fromkeys(LANGS, str(number))
    about = digits(round_to(number, 2), Fraction(1, 100))
    return {"zh": f"{number}（约{about}）", "en": f"{number} (about {about})"}


def _list(numbers: tuple[int, ...]) -> Words:
    return {"zh": "、".join(map(str, numbers)), "en": ", ".join(map(str, numbers))}
