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
from xushi_stats.words import by_key, read_words

Words = Mapping[Lang, str]
LANGS: tuple[Lang, ...] = ("zh", "en")

_GROUPS = read_words("xushi_stats.registers.assessment")
TEXTS = by_key(_GROUPS["step"])
"""Code of a step → its text."""

WHAT = by_key(_GROUPS["open"])
"""What a step that is open would have said."""

GROUPS = by_key(_GROUPS["group"])
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
        sentence = TEXTS[self.code][lang].format(**said)
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
