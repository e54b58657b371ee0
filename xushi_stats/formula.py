"""Formulas: a subset of Python's expression grammar, read by ``ast`` and never evaluated as Python.

Allowed are figure ids, whole and decimal numbers, ``+ - * /``, brackets, the measures of
``statistics`` by name, and ``prior(x)``, ``first(x)`` and ``target(x)`` around an id (the year before, the
first year of an unbroken series, the target set for the year); a check adds one comparison.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, Protocol, TypeVar
from unicodedata import normalize

from xushi_stats.measures import ARITY, MEASURES

Which = Literal["", "prior", "first", "target"]
_OTHERS: tuple[Which, ...] = ("prior", "first", "target")
LONGEST = 500
"""Characters; a formula is for people to read, and a deeply nested one would exhaust the parser."""

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.LtE: "<=",
    ast.Lt: "<",
    ast.GtE: ">=",
    ast.Gt: ">",
}


_PART = re.compile(r"[a-z一-鿿][a-z_一-鿿]*")
"""A part of an id, as the catalogue has them."""


class FormulaError(ValueError):
    """A formula that is not in the grammar; ``part`` is the offending piece."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True)
class Reference:
    """A figure that a formula names: the indicator's id and, where asked for, which of its values."""

    indicator: str
    which: Which = ""

    def __str__(self) -> str:
        return f"{self.which}({self.indicator})" if self.which else self.indicator


T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Domain(Protocol[T_co]):
    """What a formula is evaluated to: terms, words, or spreadsheet text."""

    def figure(self, reference: Reference) -> T_co:
        """A figure that the formula names."""
        ...

    def number(self, number: Fraction) -> T_co:
        """A bare number in the formula."""
        ...


@dataclass(frozen=True)
class Formula:
    """One expression of the catalogue.

    >>> f = Formula("share(poverty.households.exited, poverty.households)")
    >>> [str(r) for r in f.references]
    ['poverty.households.exited', 'poverty.households']
    """

    text: str

    @cached_property
    def tree(self) -> ast.expr:
        """The parsed expression.

        Raises:
            FormulaError: the text is not in the grammar.
        """
        tree = _parse(self.text)
        _require(tree, self.text)
        return tree

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """The figures named, in order, each once."""
        return tuple(dict.fromkeys(_references(self.tree)))

    @property
    def numbers(self) -> list[str]:
        """The numbers typed into the formula."""
        constants = (node for node in ast.walk(self.tree) if isinstance(node, ast.Constant))
        return [str(node.value) for node in constants]

    @property
    def is_sum(self) -> bool:
        """Whether it only adds and subtracts: then printed figures can be added up by a reader."""
        steps = (ast.Name, ast.Attribute, ast.BinOp, ast.Add, ast.Sub, ast.Load)
        return all(isinstance(node, steps) for node in ast.walk(self.tree))

    @property
    def parts(self) -> tuple[Formula, ...]:
        """The figures that it adds up; none where it does anything else."""
        names = re.sub(r"[()\s]", "", self.text).split("+")
        return tuple(map(Formula, names)) if self.is_sum and "-" not in self.text else ()

    def evaluate(self, domain: Domain[T]) -> T:
        """The formula's value in a domain whose objects have the four operations."""
        result: T = _evaluate(self.tree, domain, self.text)
        return result


@dataclass(frozen=True)
class Comparison:
    """A check's condition: two formulas and a sign between them."""

    left: Formula
    sign: str
    right: Formula

    @classmethod
    def parse(cls, text: str) -> Comparison:
        """Read ``a + b == c``.

        Raises:
            FormulaError: it is no single comparison of two formulas.
        """
        tree = _parse(text)
        if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
            raise FormulaError(text)
        sign = _COMPARISONS.get(type(tree.ops[0]))
        if sign is None:
            raise FormulaError(text)
        sides = [
            Formula(ast.get_source_segment(text.strip(), node) or "")
            for node in (tree.left, tree.comparators[0])
        ]
        for side in sides:
            _require(side.tree, side.text)
        return cls(sides[0], sign, sides[1])

    @property
    def references(self) -> tuple[Reference, ...]:
        """The figures named on both sides, each once."""
        return tuple(dict.fromkeys((*self.left.references, *self.right.references)))


def _parse(text: str) -> ast.expr:
    if normalize("NFKC", text) != text:  # Python would read ｐoverty as poverty
        raise FormulaError(text)
    if len(text) > LONGEST:
        raise FormulaError(text[:40] + "…")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(text) from error


def _require(node: ast.expr, text: str) -> None:
    """Raise FormulaError on the first node outside the grammar."""
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            _require(left, text)
            _require(right, text)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _require(operand, text)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            _require_call(name, args, node, text)
        case ast.Constant(value=value) if type(value) in (int, float):
            _number(node, text)
        case ast.Name() | ast.Attribute():
            _dotted(node)
        case _:
            raise FormulaError(_said(node, text))


def _said(node: ast.expr, text: str) -> str:
    """The offending piece; of one nested too deeply to be written, the whole."""
    try:
        return ast.unparse(node)
    except RecursionError:
        return text[:40] + "…"


def _require_call(name: str, args: list[ast.expr], node: ast.expr, text: str) -> None:
    if name in _OTHERS and len(args) == 1:
        _dotted(args[0])
    elif len(args) == ARITY.get(name):
        for argument in args:
            _require(argument, text)
    else:
        raise FormulaError(ast.unparse(node))


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) if _PART.fullmatch(name):
            return name
        case ast.Attribute(value=value, attr=attribute) if _PART.fullmatch(attribute):
            return f"{_dotted(value)}.{attribute}"
    raise FormulaError(ast.unparse(node))


def _number(node: ast.expr, text: str) -> Fraction:
    """The number as it is written: through its digits, since a float would change it."""
    written = ast.get_source_segment(text.strip(), node) or ""
    try:
        if "e" in written.lower():  # 1e999999999 would fill the memory
            raise ValueError
        return Fraction(written)
    except ValueError:
        raise FormulaError(written) from None


def _references(node: ast.expr) -> Iterator[Reference]:
    match node:
        case ast.BinOp(left=left, right=right):
            yield from _references(left)
            yield from _references(right)
        case ast.UnaryOp(operand=operand):
            yield from _references(operand)
        case ast.Call(func=ast.Name(id=name), args=[argument]) if name in _OTHERS:
            yield Reference(_dotted(argument), next(w for w in _OTHERS if w == name))
        case ast.Call(args=args):
            for argument in args:
                yield from _references(argument)
        case ast.Name() | ast.Attribute():
            yield Reference(_dotted(node))


def _evaluate(node: ast.expr, domain: Domain[Any], text: str) -> Any:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            first, second = (_evaluate(side, domain, text) for side in (left, right))
            return _OPERATORS[type(op)](first, second)
        case ast.UnaryOp(operand=operand):
            return -_evaluate(operand, domain, text)
        case ast.Call(func=ast.Name(id=name), args=args) if name in MEASURES:
            return MEASURES[name](*(_evaluate(argument, domain, text) for argument in args))
        case ast.Constant():
            return domain.number(_number(node, text))
    return domain.figure(next(iter(_references(node))))


# -- formulas in words -------------------------------------------------------------------------

_TIGHT = 3
"""How tightly a name binds; a product 2, a sum 1."""


@dataclass(frozen=True)
class Words:
    """A formula being written out: pieces of text and figures, and how tightly it binds."""

    pieces: tuple[str | Reference, ...]
    binding: int = _TIGHT

    def __add__(self, other: Words) -> Words:
        return self._joined(other, " ＋ ", 1, 1)

    def __sub__(self, other: Words) -> Words:
        return self._joined(other, " － ", 1, 2)

    def __mul__(self, other: Words) -> Words:
        return self._joined(other, " × ", 2, 2)

    def __truediv__(self, other: Words) -> Words:
        return self._joined(other, " ÷ ", 2, 3)

    def __neg__(self) -> Words:
        return Words(("－", *self._within(_TIGHT)), 1)

    def in_points(self) -> Words:
        """A difference of percentages reads as points."""
        return self

    def annualised(self, years: Words) -> Words:
        """The root of a ratio, less one."""
        return Words((*self._within(_TIGHT), "^(1/", *years.pieces, ") － 1"), 1)

    def _joined(self, other: Words, sign: str, binding: int, right: int) -> Words:
        return Words((*self._within(binding), sign, *other._within(right)), binding)

    def _within(self, binding: int) -> tuple[str | Reference, ...]:
        return self.pieces if self.binding >= binding else ("（", *self.pieces, "）")


class _WordsDomain:
    """The domain in which a formula gives its words."""

    def figure(self, reference: Reference) -> Words:
        return Words((reference,))

    def number(self, number: Fraction) -> Words:
        return Words((str(number),))


def written_out(formula: Formula) -> tuple[str | Reference, ...]:
    """A formula as text and figures in reading order, with the usual signs.

    >>> f = Formula("growth(a, prior(a))")
    >>> "".join(map(str, written_out(f)))
    '（a － prior(a)） ÷ prior(a)'
    """
    return formula.evaluate(_WordsDomain()).pieces


def in_words(formula: Formula, name: Callable[[Reference], str]) -> str:
    """A formula as a line of text.

    >>> in_words(Formula("share(a, b)"), lambda r: r.indicator.upper())
    'A ÷ B'
    """
    return "".join(p if isinstance(p, str) else name(p) for p in written_out(formula))
