"""A figure beside the year before: which way it moved, by how much, and the phrase that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xushi_stats import format, periods
from xushi_stats.editions import Edition
from xushi_stats.faults import Lang
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.reporting.document import Inline, fixed, num, text
from xushi_stats.reporting.words import WORDS

Move = Literal["rose", "fell", "same", "unclear"]


@dataclass(frozen=True)
class Comparison:
    """An indicator in this year and the one before, and what follows; absent what does not follow."""

    now: Figure
    before: Figure | None
    change: Figure | None
    growth: Figure | None
    annual: Figure | None

    @property
    def move(self) -> Move | None:
        """Which way it moved; None where the two years cannot be compared.

        An end that only a convention gives (the upper one of 7000余) tells no direction, so that all
        editions say the same.
        """
        quantity = self.change.quantity if self.change else None
        if quantity is None:
            return None
        low, high = quantity.low, quantity.high
        if low.value == high.value == 0:
            return "same"
        if low.stated and (low.value > 0 or (low.value == 0 and not low.closed)):
            return "rose"
        below = high.value < 0 or (high.value == 0 and not high.closed)
        return "fell" if high.stated and below else "unclear"

    @property
    def rate(self) -> Figure | None:
        """How much: the growth, of a share its points, and the change where there is no growth."""
        if self.growth and self.growth.quantity:
            return self.growth
        return self.change if self.change and self.change.quantity else None


def compare(ledger: Ledger, now: Figure) -> Comparison:
    """A figure with that of the year before, and what the ledger makes of the two."""
    own = now.indicator.id
    made = (ledger.find(f"{own}.{what}") for what in ("change", "growth", "annual"))
    return Comparison(now, ledger.before(own), *made)


def is_second_year(ledger: Ledger) -> bool:
    """Whether anything is known of the year before."""
    before = ledger.release - 1
    return any(f.quantity and f.release == before for f in ledger.figures.values())


def manner(rate: Figure) -> str:
    """Whether a rate is told as points, as a rate or as a number."""
    if rate.indicator.unit.text == "百分点":
        return "points"
    return "rate" if rate.indicator.id.endswith(".growth") else "number"


def phrase(
    ledger: Ledger, now: Figure, lang: Lang, edition: Edition, *, number: bool
) -> list[Inline]:
    """``，比上年增长2.5%`` behind a figure of a sentence; nothing where no year before is known.

    ``number`` gives the difference rather than the rate: ``，比上年增加3所``.
    """
    one, words = compare(ledger, now), WORDS[lang]
    if now.quantity is None or not is_second_year(ledger):
        return []
    if one.move is None:
        broken = one.change and one.change.missing and one.change.missing.reason == "series_break"
        return [text(words["phrase_break" if broken else "phrase_gap"])]
    on = _on(one, lang)
    rate = one.change if number else one.rate
    move = "near" if one.move != "same" and rate and _rounds_to_nothing(rate) else one.move
    if move in ("same", "near"):
        on[0] = text(on[0]["v"].replace("比", "与", 1))  # 与上年持平
    if move in ("same", "near", "unclear"):
        return [text(words["comma"]), *_framed(words[f"phrase_{move}"], on)]
    assert rate is not None
    word = WORDS[lang][f"{one.move}_{manner(rate)}"]
    much: list[Inline] = [text(word), num(rate.id, format.size(rate, lang, edition))]
    found = [*on, *much] if lang == "zh" else [*much, text(" "), *on]
    return [text(words["comma"]), *found]


def _rounds_to_nothing(rate: Figure) -> bool:
    """Whether a change would be printed as 0.0%, which says neither that it rose nor that it did not."""
    quantity = rate.quantity
    if quantity is None or not quantity.is_exact or quantity.value == 0:
        return False
    return format.round_to(quantity.value, format.places(rate)) == 0


def _on(one: Comparison, lang: Lang) -> list[Inline]:
    """``比上年``, ``比上年末``, ``比2020年3月``: what the figure is compared with."""
    words = WORDS[lang]
    assert one.before is not None
    if one.now.indicator.basis != "flow" and periods.length(one.before.period) != periods.length(
        one.now.period
    ):
        opening, closing = words["on_date"].split("{}")
        run = [text(opening), fixed(format.period(one.before.period, lang)), text(closing)]
        return [i for i in run if i["v"]]
    if one.now.period.isdecimal():
        return [text(words["on_year"])]
    return [text(words["on_year_end" if one.now.period.endswith("-12") else "on_same_time"])]


def _framed(frame: str, middle: list[Inline]) -> list[Inline]:
    opening, closing = frame.split("{}")
    return [i for i in (text(opening), *middle, text(closing)) if i["v"]]
