"""What is not wrong but unlikely: warnings that a remark in the row's 备注 answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from xushi_stats import format, notation, periods
from xushi_stats.dataset import Dataset
from xushi_stats.editions import LANGS
from xushi_stats.faults import Fault, Lang
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.numerals.entered import MAY_BE_NEGATIVE
from xushi_stats.observations import Observation

MAGNITUDE = 10
"""How many times last year's value is unlikely."""
_MAY_EXCEED = ("增", "完成", "目标", "growth", "completion")
"""Words in the name of a percentage that may well be above 100."""


def warnings(dataset: Dataset, ledger: Ledger) -> list[Fault]:
    """The unlikely figures of a release, each at the row that states it.

    A statement with a remark is taken as explained.
    """
    found: list[Fault] = []
    for figure in ledger.figures.values():
        if figure.release != ledger.release or not figure.quantity:
            continue
        said = figure.statements[-1:] or _stated(figure, ledger)
        if said and not said[0].note and figure.statements:
            found += _of(figure, said[0], ledger.before(figure.indicator.id))
        elif said and not said[0].note and _is_too_large(figure):
            names = {f"name_{lang}": figure.indicator.names[lang] for lang in LANGS}
            shown = {f"total_{lang}": format.text(figure, lang, "internal") for lang in LANGS}
            found.append(_warning("share_above", said[0], {**names, **shown}))
    return [*found, *_open_shares(dataset, ledger)]


def _stated(figure: Figure, ledger: Ledger) -> tuple[Observation, ...]:
    """The first statement that a derived figure is computed from, the numerator of a share."""
    for name in figure.inputs:
        one = ledger.figures.get(name)
        found = one and (one.statements[-1:] or _stated(one, ledger))
        if found:
            return found
    return ()


def _of(figure: Figure, said: Observation, before: Figure | None) -> Iterator[Fault]:
    assert figure.quantity is not None
    if _is_too_large(figure):
        yield _warning("above_all", said, {})
    signed = figure.indicator.unit.kind in ("share", "points")
    if figure.quantity.value < 0 and not (
        signed or MAY_BE_NEGATIVE & set(figure.indicator.names["zh"])
    ):
        yield _warning("below_zero", said, {})
    last = before.quantity if before else None
    if before is None or last is None:
        return
    texts = {f"before_{lang}": _dated(before, lang) for lang in LANGS}
    comparable = periods.length(before.period) == periods.length(figure.period)
    if comparable and _is_far(figure.quantity.value, last.value):
        yield _warning("magnitude", said, texts)
    units = [_written_in(s) for s in (said, before.statements[-1])] if before.statements else []
    if len(units) == 2 and all(units) and units[0] != units[1]:
        yield _warning("unit_changed", said, {"unit": units[0], "last": units[1], **texts})


def _is_too_large(figure: Figure) -> bool:
    """Whether a share is above the whole."""
    quantity, names = figure.quantity, " ".join(figure.indicator.names.values())
    is_share = figure.indicator.unit.text == "%" and not any(w in names for w in _MAY_EXCEED)
    return is_share and quantity is not None and quantity.low.value > 100


def _is_far(now: Fraction, last: Fraction) -> bool:
    """Whether one is ten times the other; a fall to zero is far, a start from zero is not."""
    if not now or not last:
        return bool(last)
    return not Fraction(1, MAGNITUDE) < abs(now / last) < MAGNITUDE


def _written_in(said: Observation) -> str:
    """The unit of the wording itself; "" where it cannot be told."""
    try:
        return notation.parse(said.row["read_as"] or said.wording).unit.text
    except notation.NotationError:
        return ""


def _dated(figure: Figure, lang: Lang) -> str:
    period, value = format.period(figure.period, lang), format.text(figure, lang, "internal")
    return f"{period}{value}" if lang == "zh" else f"{value} in {period}"


def _warning(code: str, said: Observation, details: Mapping[str, str]) -> Fault:
    fault = said.row.fault(code, "value", **details)
    return Fault(**{**vars(fault), "severity": "warning"})


# -- shares that must make up the whole --------------------------------------------------------


def _open_shares(dataset: Dataset, ledger: Ledger) -> Iterator[Fault]:
    """The shares that ``closes`` lists under a table or chart, where they do not make up 100%."""
    for kind in ("table", "chart"):
        for name, spec in dataset.exhibits.get(kind, {}).items():
            if isinstance(spec.get("closes"), list):
                yield from _open_share(name, spec, ledger)


def _open_share(name: str, spec: Mapping[str, Any], ledger: Ledger) -> Iterator[Fault]:
    figures = [ledger.find(one) for one in spec["closes"]]
    quantities = [f.quantity for f in figures if f and f.quantity and f.quantity.is_exact]
    if len(quantities) < len(figures) or any(q.unit.text != "%" for q in quantities):
        return
    total = sum((q.value for q in quantities), Fraction(0))
    # each share may be off by half of its last place
    slack = sum((q.place / 2 for q in quantities if q.place is not None), Fraction(0))
    if abs(total - 100) > slack:
        shown = notation.digits(format.round_to(total, 2), Fraction(1, 100))
        details = {"name": name, "total": shown}
        yield Fault("shares_open", "exhibits.toml", severity="warning", details=details)
