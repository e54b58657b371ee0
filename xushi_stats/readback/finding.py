"""A finding on a finished report, and how it is told to people."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Orphan:
    """A number, or a text that should hold none, which the report cannot account for.

    Attributes:
        kind: `mismatch`, `unknown_target`, `page_reference`, `contents`, `stray`, `words`,
            `declared_count`, `running`, `page_number` or `alt`; from `placement`: `misplaced`,
            `missing_use`.
        page: the page counted from 1; 0 where the finding has no place.
        text: what was found.
        neighbourhood: the same with about 12 characters either side.
        target: where the link leads, if it is one.
        number: the printed page number, if the page has one.
        expected: what should stand there.
    """

    kind: str
    page: int
    text: str
    neighbourhood: str
    target: str | None = None
    number: int | None = None
    expected: tuple[str, ...] = field(default=())


_WORDS = {
    "zh": {
        "mismatch": "数值与台账不符：印为“{text}”，应为{expected}，指向{target}",
        "unknown_target": "数值“{text}”所指向的{target}不在台账内",
        "page_reference": "页码引用“{text}”与所指页不符，应为{expected}",
        "contents": "目录条目“{text}”的页码或数字不符，页码应为{expected}",
        "stray": "数字“{text}”无台账依据，也未声明",
        "words": "用文字写出的数“{text}”无台账依据，也未声明",
        "declared_count": "已声明文字“{text}”声明{expected}",
        "running": "页眉或页脚有规定以外的文字“{text}”",
        "page_number": "页码“{text}”不符，应为{expected}",
        "alt": "图片说明“{text}”不在核定范围内",
        "misplaced": "数值“{text}”（{target}）不应出现在此处",
        "missing_use": "数值{target}应出现在{expected}，未见",
    },
    "en": {
        "mismatch": "the number “{text}” is not what the ledger shows ({expected}) for {target}",
        "unknown_target": "the number “{text}” leads to {target}, which is not in the ledger",
        "page_reference": "the page reference “{text}” should be {expected}",
        "contents": "contents entry “{text}”: page or digits are wrong; the page is {expected}",
        "stray": "the number “{text}” has no row in the ledger and was not declared",
        "words": "the number in words “{text}” has no row in the ledger and was not declared",
        "declared_count": "the declared text “{text}” was declared {expected}",
        "running": "head or foot holds other text than the running lines: “{text}”",
        "page_number": "the page number “{text}” should be {expected}",
        "alt": "the image description “{text}” is not one that was given",
        "misplaced": "the number “{text}” ({target}) is not used at this place",
        "missing_use": "the number {target} should stand in {expected} and does not",
    },
}
_PLACES = {
    "zh": (
        "全文",
        "第{page}页",
        "第{page}页（页码{number}）",
        "、",
        "{0}次，实有{1}次",
        "；上下文：“{0}”",
    ),
    "en": (
        "document",
        "page {page}",
        "page {page} (printed {number})",
        " or ",
        "{0} times and stands {1} times",
        "; context: “{0}”",
    ),
}


def describe(orphan: Orphan, lang: str = "zh") -> str:
    """Say a finding in one sentence.

    Args:
        orphan: the finding.
        lang: zh or en.

    Returns:
        The place, what is wrong, and the text around it.
    """
    anywhere, page, printed, joiner, counts, context = _PLACES[lang]
    place = anywhere if orphan.page == 0 else page if orphan.number is None else printed
    expected = joiner.join(f"“{text}”" for text in orphan.expected)
    if orphan.kind == "declared_count":
        expected = counts.format(*orphan.expected)
    words = _WORDS[lang][orphan.kind].format(
        text=orphan.text, expected=expected or "—", target=orphan.target
    )
    near = context.format(orphan.neighbourhood) if orphan.neighbourhood else ""
    colon = "：" if lang == "zh" else ": "
    return place.format(page=orphan.page, number=orphan.number) + colon + words + near
