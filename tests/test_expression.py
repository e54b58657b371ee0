"""The grammar of formulas: what is read, and that nothing else is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xushi_stats.formula import LONGEST, Comparison, Formula, FormulaError, Reference
from xushi_stats.measures import ARITY


@dataclass
class Numbers:
    """Figures are plain numbers."""

    known: dict[str, Fraction]

    def figure(self, reference: Reference) -> Fraction:
        return self.known[str(reference)]

    def number(self, number: Fraction) -> Fraction:
        return number


def value(text: str, **known: int) -> Fraction:
    figures = {name: Fraction(number) for name, number in known.items()}
    return Formula(text).evaluate(Numbers(figures))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("a + b", 9),
        ("a - b", 5),
        ("a * b", 14),
        ("a / b", Fraction(7, 2)),
        ("-a", -7),
        ("--a", 7),
        ("a - b - b", 3),
        ("a - (b - b)", 7),
        ("a / b / b", Fraction(7, 4)),
        ("a + b * 3", 13),
        ("(a + b) * 3", 27),
        ("0.1 * a", Fraction(7, 10)),
        ("share(b, a)", Fraction(2, 7)),
        ("mean(a, b)", Fraction(7, 2)),
        ("growth(a, b)", Fraction(5, 2)),
        ("completion(a, b)", Fraction(7, 2)),
        ("points(a / 10, b / 10)", 50),
        ("share(a, a + b)", Fraction(7, 9)),
        ("  a + b  ", 9),
    ],
)
def test_a_formula_has_its_value(text: str, answer: Fraction) -> None:
    assert value(text, a=7, b=2) == answer


@pytest.mark.parametrize("digits", ["0.1", "0.30", "1.005", "12345678901234567.89", "3", "100"])
def test_a_number_keeps_its_digits_exactly(digits: str) -> None:
    assert value(digits) == Fraction(digits)


def test_a_tenth_is_a_tenth() -> None:
    assert value("0.1 + 0.2") == Fraction(3, 10)


@given(st.integers(0, 10**12), st.text("0123456789", min_size=1, max_size=15))
def test_any_decimal_is_exact(whole: int, rest: str) -> None:
    assert value(f"{whole}.{rest}") == Fraction(f"{whole}.{rest}")


REFUSED = [
    "",
    "   ",
    "a +",
    "+a",
    "~a",
    "not a",
    "a ** 2",
    "a // b",
    "a % b",
    "a @ b",
    "a | b",
    "a << b",
    "a < b",
    "a == b",
    "a and b",
    "a if b else c",
    "a, b",
    "[a]",
    "{a}",
    "{'a': b}",
    "(a for a in b)",
    "[a for a in b]",
    "a[0]",
    "a[0:1]",
    "lambda: a",
    "(lambda x: x)(a)",
    "(a := b)",
    "await a",
    "(yield a)",
    "*a",
    "...",
    "'a'",
    "b'a'",
    "f'{a}'",
    "'a' 'b'",
    "True",
    "None",
    "1j",
    "0x10",
    "0b1",
    "0o7",
    "1e5",
    "1e-5",  # and so 1e999999999, which would fill the memory
    "print(a)",
    "eval(a)",
    "open(a)",
    "share(a)",
    "share()",
    "share(a, b, c)",
    "share(a, whole=b)",
    "share(*a)",
    "share(**a)",
    "share(a, 'b')",
    "share(a, b < c)",
    "prior()",
    "prior(a, b)",
    "prior(a + b)",
    "prior(1)",
    "prior(prior(a))",
    "prior(share(a, b))",
    "target(a / b)",
    "a.b()",
    "a.share(b, c)",
    "share(a, b).real",
    "(a).real()",
    "(1).real",
    "(a + b).real",
    "'a'.join",
    "share(a, b)(c)",
    "share[a]",
    "a; b",
    "a = b",
    "import os",
    "__import__('os')",
    "a.__class__",
    "__builtins__",
    "a\0b",
    "\ud800",
    "a × b",
    "a ÷ b",
    "a＋b",
    "（a + b）",
    "ｐoverty",
    "Poverty",
    "贫困 户数",
    "贫困户数²",
    "=a+b",
]


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_what_is_not_in_the_grammar_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        Formula(text).tree  # noqa: B018


def test_a_formula_longer_than_a_reader_can_take_in_is_refused() -> None:
    assert Formula("a" * LONGEST).references
    with pytest.raises(FormulaError) as refused:
        Formula("a + " * LONGEST + "a").tree  # noqa: B018
    assert len(refused.value.part) < 60


@pytest.mark.parametrize(
    "text",
    [
        "(" * 240 + "a" + ")" * 240,
        "-" * 490 + "a",
        "~" * 490 + "a",
        "not " * 120 + "a",
        "a" + "[a" * 150 + "]" * 150,
        "a" + "+a" * 240,
        "a" + "/a" * 240,
        "a" + ".a" * 240,
        "a" + "()" * 240,
        "lambda:" * 70 + "a",
        "share(" * 60 + "a" + ",a)" * 60,
        "{" * 240,
    ],
    ids=lambda text: text[:12],
)
def test_deep_nesting_is_read_or_refused_never_a_crash(text: str) -> None:
    with suppress(FormulaError):
        Formula(text).evaluate(Numbers({"a": Fraction(1), ".".join("a" * 241): Fraction(1)}))


@given(st.text(max_size=30))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    with suppress(FormulaError):
        Formula(text).tree  # noqa: B018


@given(st.text("abc.()+-*/,<=_ 0123456789'[]:", max_size=20))
def test_any_jumble_of_its_own_signs_is_a_formula_or_refused(text: str) -> None:
    for read in (lambda: Formula(text).tree, lambda: Comparison.parse(text)):
        with suppress(FormulaError):
            read()


# -- what a formula names ----------------------------------------------------------------------


def test_the_figures_named_are_in_order_and_each_once() -> None:
    formula = Formula("share(a.b, c) + prior(a.b) - a.b / target(d)")
    assert [str(r) for r in formula.references] == ["a.b", "c", "prior(a.b)", "target(d)"]
    assert formula.references[2] == Reference("a.b", "prior")


def test_a_measure_is_no_figure() -> None:
    for name, arity in ARITY.items():
        figures = ["a", "b", "c", "d"][:arity]
        assert [str(r) for r in Formula(f"{name}({', '.join(figures)})").references] == figures


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("a", True),
        ("a + b - c.d", True),
        ("a * b", False),
        ("share(a, b)", False),
        ("a + 1", False),
    ],
)
def test_a_sum_only_adds_and_subtracts(text: str, answer: bool) -> None:
    assert Formula(text).is_sum is answer


# -- checks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["==", "<=", "<", ">=", ">"])
def test_a_check_has_two_sides_and_a_sign(sign: str) -> None:
    check = Comparison.parse(f"(a + b) * 2 {sign} share(c, d)")
    assert (check.left.text, check.sign, check.right.text) == ("(a + b) * 2", sign, "share(c, d)")
    assert [str(r) for r in check.references] == ["a", "b", "c", "d"]


def test_brackets_around_a_side_change_nothing() -> None:
    check = Comparison.parse("(a + b) == (c)")
    known = Numbers({"a": Fraction(1), "b": Fraction(2), "c": Fraction(3)})
    assert check.left.evaluate(known) == check.right.evaluate(known) == 3


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a + b",
        "a < b < c",
        "a != b",
        "a is b",
        "a in b",
        "a not in b",
        "not a == b",
        "a == b and c == d",
        "a = b",
        "a == 'b'",
        "a == b ** 2",
        "a == (b < c)",
        "(a == b) == c",
        "a == print(b)",
        "a ==",
        "",
        "a == " + "b + " * LONGEST + "b",
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_single_comparison_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        Comparison.parse(text)


def test_a_side_keeps_its_numbers_exactly() -> None:
    check = Comparison.parse("a == 0.1 * b")
    assert check.right.evaluate(Numbers({"b": Fraction(1)})) == Fraction(1, 10)
