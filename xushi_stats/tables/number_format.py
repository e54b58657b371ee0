"""What a number looks like in a cell under a spreadsheet's number format (ECMA-376 part 1, 18.8.31).

Exact: no float. Besides the standard, ``!`` shows the sign behind it, as Excel and WPS read it in China.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_TOKEN = re.compile(
    r"(?P<text>\"[^\"]*\"?)|[\\!](?P<escaped>.)|_(?P<pad>.)|\*(?P<fill>.)"
    r"|\[\$(?P<money>[^\]-]*)(?:-[^\]]*)?\]|\[DBNum(?P<script>[123])\]"
    r"|\[(?P<test><=|>=|<>|<|>|=)(?P<limit>-?[\d.]+(?:E[+-]?\d+)?)\]|\[(?P<mark>[^\]]*)\]"
    r"|(?P<general>G/通用格式|General)|(?P<exponent>E[+-])|(?P<digit>[0#?])|(?P<sign>[.,%/])"
    r"|(?P<section>;)|(?P<cell>@)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_SCRIPTS = {"1": "〇一二三四五六七八九", "2": "零壹贰叁肆伍陆柒捌玖", "3": "０１２３４５６７８９"}
_STEPS = {"1": ("", "十", "百", "千"), "2": ("", "拾", "佰", "仟"), "3": ("", "十", "百", "千")}


@dataclass(frozen=True)
class Token:
    """A part of a format: of what kind, and its text."""

    kind: str
    text: str


@dataclass(frozen=True)
class Seen:
    """What a person sees of a number.

    Attributes:
        text: as it stands in the cell, in the digits 0 to 9; blanks that only align are left out.
        shown: the same in the digits of the format, such as 一十五.
        percents: how many per cent signs multiply the number; those in quotes do not.
    """

    text: str
    shown: str
    percents: int = 0


def sections(written: str) -> list[list[Token]]:
    """A format cut into tokens, section by section.

    >>> [[t.text for t in section] for section in sections('0!.0,"万";@')]
    [['0', '.', '0', ',', '万'], ['@']]
    """
    found: list[list[Token]] = [[]]
    for match in _TOKEN.finditer(written):
        kind = match.lastgroup or "other"
        text = match[kind].strip('"') if kind == "text" else match[kind]
        if kind == "section":
            found.append([])
        elif kind == "limit":
            found[-1].append(Token("test", f"{match['test']} {text}"))
        elif kind != "mark" or re.fullmatch(r"[hms]+", text, re.IGNORECASE):
            found[-1].append(Token(kind, text))
    return found


def text(value: str, written: str) -> str:
    """What a person sees of a text: its section is the last, if it holds ``@``, or the fourth.

    >>> text("15.1", '@"万元"'), text("398户", "0.00"), text("398户", ";;;")
    ('15.1万元', '398户', '')
    """
    parts = sections(written)
    own = parts[-1] if any(t.kind == "cell" for t in parts[-1]) else None
    own = parts[3] if len(parts) > 3 else own
    if own is None:
        return value
    return "".join(value if t.kind == "cell" else _literal(t) for t in own)


def number(value: Decimal, written: str) -> Seen | None:
    """What a person sees of a number, #### where no section is for it; None for a format of dates.

    >>> number(Decimal(162000), '0!.0000"万元"').text, number(Decimal("-5"), "0;(0)").text
    ('16.2000万元', '(5)')
    """
    parts = sections(written)
    if len(parts) > 1 and any(t.kind == "cell" for t in parts[-1]):
        parts = parts[:-1]
    chosen = _chosen(value, parts[:3])
    if chosen is None:
        return Seen("####", "####")
    tokens, bare = chosen
    if any(t.kind == "mark" or (t.kind == "other" and t.text in "ymdhseYMDHS") for t in tokens):
        return None
    body = _body(abs(value), tokens)
    minus = "-" if bare and value < 0 else ""
    script = next((t.text for t in tokens if t.kind == "script"), "")
    percents = sum(t.text == "%" and t.kind == "sign" for t in tokens)
    general = any(t.kind in ("general", "cell") for t in tokens)
    shown = body
    if script and general and value == value.to_integral_value():
        shown = body.replace(plain(abs(value)), _han(int(abs(value)), script))
    elif script:
        shown = body.translate(str.maketrans("0123456789", _SCRIPTS[script]))
    return Seen(f"{minus}{body}".strip(), f"{minus}{shown}".strip(), percents)


def _chosen(value: Decimal, parts: Sequence[list[Token]]) -> tuple[list[Token], bool] | None:
    """The section for a number, and whether it is shown with a minus by itself."""
    tests = [next((t.text for t in part if t.kind == "test"), "") for part in parts]
    if not any(tests):
        if value < 0 and len(parts) > 1:
            return parts[1], False
        return parts[2 if value == 0 and len(parts) > 2 else 0], True
    for n, (part, test) in enumerate(zip(parts, tests, strict=True)):
        rest = "< 0" if n == 1 and (len(parts) > 2 or tests[0] in (">= 0", "> 0")) else "< Infinity"
        sign, _, limit = (test or rest).partition(" ")
        if _holds(value, sign, Decimal(limit)):
            return part, not (sign in ("<", "<=") and Decimal(limit) <= 0)
    return None


def _holds(value: Decimal, sign: str, limit: Decimal) -> bool:
    order = "<" if value < limit else ">" if value > limit else "="
    return order in sign


def _literal(token: Token) -> str:
    if token.kind == "fill":  # to the width of the cell
        return "" if token.text == " " else token.text * 3
    return token.text if token.kind in ("text", "escaped", "money", "other", "sign") else ""


def _body(value: Decimal, tokens: Sequence[Token]) -> str:
    """A number without its sign in the tokens of its section."""
    if any(t.kind in ("general", "cell") for t in tokens):
        value *= 100 ** sum(t == Token("sign", "%") for t in tokens)
        whole = ("general", "cell")
        return "".join(plain(value) if t.kind in whole else _literal(t) for t in tokens)
    places = [n for n, t in enumerate(tokens) if t.kind == "digit"]
    if not places:
        return "".join(map(_literal, tokens))
    slash = next((n for n, t in enumerate(tokens) if t == Token("sign", "/")), 0)
    if places[0] < slash:
        return _fraction(value, tokens, slash)
    power = next((n for n, t in enumerate(tokens) if t.kind == "exponent"), len(tokens))
    point = next((n for n, t in enumerate(tokens) if t == Token("sign", ".")), power)
    whole_places = [n for n in places if n < min(point, power)]
    after = [n for n in places if point < n < power]
    commas = [n for n, t in enumerate(tokens) if t == Token("sign", ",")]
    last = (whole_places or after or places)[-1]
    end = max(n for n in places if n < power)
    scale = sum(n > end or (n > last and n < point) for n in commas)
    value = value.scaleb(2 * sum(t == Token("sign", "%") for t in tokens) - 3 * scale)
    exponent = 0
    if power < len(tokens):
        exponent = value.adjusted() // max(1, len(whole_places)) * max(1, len(whole_places))
        exponent = exponent if value else 0
        value = value.scaleb(-exponent)
    value = value.quantize(Decimal(1).scaleb(-len(after)), ROUND_HALF_UP)
    head, _, tail = format(value, "f").partition(".")
    digits: dict[int, str] = dict.fromkeys(commas, "")
    groups = any(whole_places and whole_places[0] < n < last for n in commas)
    if not whole_places and head != "0":  # .00
        digits[point] = f"{head}."
    cells = _whole(head, [tokens[n].text for n in whole_places], groups) if whole_places else []
    cells += _after(tail, [tokens[n].text for n in after])
    digits |= dict(zip((*whole_places, *after), cells, strict=True))
    if power < len(tokens):
        least = [n for n in places if n > power]
        digits |= dict.fromkeys(least, "")
        sign = "-" if exponent < 0 else tokens[power].text[1].replace("-", "")
        digits[power] = f"E{sign}{str(abs(exponent)).rjust(len(least), '0')}"
    return "".join(digits.get(n, _literal(t)) for n, t in enumerate(tokens))


def _whole(head: str, signs: Sequence[str], groups: bool) -> list[str]:
    """The digits before the point, the first place taking all that are left."""
    least = len(signs) - next((n for n, sign in enumerate(signs) if sign == "0"), len(signs))
    head = head.lstrip("0").rjust(least, "0")
    rest = range(len(head) - 1, -1, -1)
    shown = [d + "," * (groups and n > 0 and n % 3 == 0) for d, n in zip(head, rest, strict=True)]
    extra = max(0, len(shown) - len(signs) + 1)
    cells = ["".join(shown[:extra]), *shown[extra:]] if extra else shown
    return [""] * (len(signs) - len(cells)) + cells


def _after(tail: str, signs: Sequence[str]) -> list[str]:
    """The digits behind the point; zeros at the end stand only where the format asks for them."""
    asked = [
        n for n, (d, sign) in enumerate(zip(tail, signs, strict=False)) if d > "0" or sign == "0"
    ]
    return [d if n <= max(asked, default=-1) else "" for n, d in enumerate(tail[: len(signs)])]


def _fraction(value: Decimal, tokens: Sequence[Token], slash: int) -> str:
    before = [n for n, t in enumerate(tokens[:slash]) if t.kind == "digit"]
    apart = any(tokens[n].kind != "digit" for n in range(before[0], before[-1]))
    behind = re.match(r"[0#?]+|\d+", "".join(t.text for t in tokens[slash + 1 :]))
    below = behind[0] if behind else "?"
    whole = int(value) if apart else 0
    rest = Fraction(value) - whole
    if below.isdigit() and int(below):
        part, bottom = round(rest * int(below)), int(below)
    else:
        near = rest.limit_denominator(10 ** len(below) - 1)
        part, bottom = near.numerator, near.denominator
    if apart and part == bottom:
        whole, part = whole + 1, 0
    head = f"{whole}" if apart and (whole or not part) else ""
    tail = f"{part}/{bottom}" if part or not apart else ""
    rest_of = tokens[slash + 1 + len(below) :]
    start = "".join(map(_literal, tokens[: before[0]]))
    return start + " ".join(filter(None, (head, tail))) + "".join(map(_literal, rest_of))


def plain(value: Decimal) -> str:
    """A number in digits, without exponent or zeros at its end.

    >>> plain(Decimal("1.620E+5"))
    '162000'
    """
    return format(value.normalize(), "f") if value else "0"


def _han(value: int, script: str) -> str:
    """A whole number in the numerals of the format: 15 is 一十五."""
    digits, steps = _SCRIPTS[script], _STEPS[script]
    found, zero = "", False
    for place, char in zip(range(len(str(value)) - 1, -1, -1), str(value), strict=True):
        if char != "0":
            found += (digits[0] if zero else "") + digits[int(char)] + steps[place % 4]
        zero = char == "0" and bool(found)
        if place and place % 4 == 0 and value // 10**place % 10**4:
            found, zero = found + ("万" if place % 8 else "亿"), False
    return found or digits[0]
