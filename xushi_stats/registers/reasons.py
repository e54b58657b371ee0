"""Why a figure of a register is not given: said in both languages, never a blank and never a guess."""

from __future__ import annotations

from dataclasses import dataclass

from xushi_stats.faults import Lang

REASONS: dict[str, dict[Lang, str]] = {
    "open": {
        "zh": "未定，须先在rules.toml中确定：{about}",
        "en": "not decided; to be set in rules.toml first: {about}",
    },
    "not_inspected": {"zh": "{about}没有检查记录", "en": "no inspection on record: {about}"},
    "items_missing": {"zh": "缺检查项目：{about}", "en": "items not scored: {about}"},
    "months_missing": {"zh": "缺月份：{about}", "en": "months not scored: {about}"},
    "no_earlier_month": {
        "zh": "首月之前没有可比的月份",
        "en": "there is no month before the first to compare with",
    },
    "too_few": {
        "zh": "可比的对象不足两个：{about}",
        "en": "fewer than two to compare: {about}",
    },
    "all_tied": {
        "zh": "全部并列，系数没有意义：{about}",
        "en": "all are tied, so the coefficient is undefined: {about}",
    },
    "none_checked": {"zh": "检测数为零，没有比率", "en": "none was checked, so there is no rate"},
    "none_released": {"zh": "没有已解除的人员", "en": "nobody has been released"},
    "register_later": {
        "zh": "登记簿更新至{about}，当时的跟踪状态没有记录",
        "en": "the register runs to {about}; the states at the earlier date are not on record",
    },
}
"""Reason code → language → words; ``about`` is joined from what the reason names."""


@dataclass(frozen=True)
class NotGiven:
    """Why a figure is not given.

    Attributes:
        code: a key of ``REASONS``.
        about: parameters, months, villages or items that the reason names; never a person.

    >>> NotGiven("open", ("inspection.tie",)).text("en")
    'not decided; to be set in rules.toml first: inspection.tie'
    """

    code: str
    about: tuple[str, ...] = ()

    def text(self, lang: Lang) -> str:
        """The reason in words."""
        return REASONS[self.code][lang].format(
            about=("、" if lang == "zh" else ", ").join(self.about)
        )


def undecided(*found: object) -> NotGiven | None:
    """The one reason that names every parameter still open among some results, if any is.

    >>> undecided(NotGiven("open", ("a",)), 7, NotGiven("open", ("b",)), NotGiven("open", ("a",)))
    NotGiven(code='open', about=('a', 'b'))
    """
    reasons = (r for r in found if isinstance(r, NotGiven) and r.code == "open")
    about = tuple(dict.fromkeys(name for reason in reasons for name in reason.about))
    return NotGiven("open", about) if about else None
