"""A missing figure drops the clause that needs it, and what stays is a sentence."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from towns import Cells, cases

from xushi_stats.faults import Lang
from xushi_stats.reporting.clauses import cut
from xushi_stats.reporting.document import Inline, num, plain, text, walk

CASES = cases("clauses")


def run_of(sentence: str) -> list[Inline]:
    """``[3吨]`` is a figure, ``??`` one that is missing."""
    found: list[Inline] = []
    for piece in re.split(r"(\[[^\]]*\]|\?\?)", sentence):
        if piece == "??":
            found.append({**text("（来源资料未列）"), "missing": True})
        elif piece.startswith("["):
            found.append(num("a", piece[1:-1]))
        elif piece:
            found.append(text(piece))
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["sentence"])
def test_the_clause_goes_and_the_sentence_stays(case: Cells) -> None:
    lang: Lang = "zh" if case["lang"] == "zh" else "en"
    kept, lost = cut(run_of(case["sentence"]), lang)
    assert plain(kept) == re.sub(r"[\[\]]", "", case["kept"])
    assert bool(lost) == ("??" in case["sentence"])


pieces = st.lists(st.sampled_from(["甲[1吨]", "乙??", "占[2%]", "其中丙[3吨]", "丁"]), min_size=1)


@given(pieces, st.sampled_from("，；、"))
def test_nothing_is_left_that_is_missing_and_no_number_comes_from_nowhere(
    said: list[str], sign: str
) -> None:
    run = run_of(sign.join(said) + "。")
    kept, _ = cut(run, "zh")
    assert not any(i.get("missing") for i in walk(kept))
    numbers = [i["v"] for i in run if i["t"] == "num"]
    assert [i["v"] for i in kept if i["t"] == "num" and i["v"] not in numbers] == []
    assert not kept or plain(kept).endswith("。")
    assert not re.search("[，；、。]{2}", plain(kept))
    if "乙??" not in said:
        assert kept == run
