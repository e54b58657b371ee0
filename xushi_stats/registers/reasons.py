"""Why a figure of a register is not given: said in both languages, never a blank and never a guess."""

from __future__ import annotations

from dataclasses import dataclass

from xushi_stats.words import Lang, by_key, read_words

REASONS = by_key(read_words("xushi_stats.registers")["reason"])
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
