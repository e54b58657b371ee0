"""Charts: the same bytes everywhere, no number that is no link, nothing drawn over anything else."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import pytest
from reporting import copies
from reporting.copies import ROOT, TOWN, YEAR

from xushi_stats.charts import chart as charts
from xushi_stats.charts.chart import Bar, Chart, Label
from xushi_stats.reporting.report import Report

EXHIBITS = tomllib.loads((ROOT / "data" / "exhibits.toml").read_text(encoding="utf-8"))
NAMES = sorted(EXHIBITS.get("chart", {}))
EVERY = list(product(NAMES, ("zh", "en"), ("draft", "public")))
Box = tuple[float, float, float, float]
Drawn = list[tuple[str, Box]]


@contextmanager
def recorded() -> Iterator[list[Any]]:
    """The canvases that are saved meanwhile."""
    from matplotlib.figure import Figure

    found: list[Any] = []
    save = Figure.savefig

    def savefig(figure: Any, *rest: Any, **more: Any) -> Any:
        found.append(figure)
        return save(figure, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Figure, "savefig", savefig)
        yield found


@pytest.fixture
def drawn() -> Iterator[list[Any]]:
    with recorded() as found:
        yield found


def boxes(canvas: Any) -> Drawn:
    """Every text of a canvas with its box: left, top, right, bottom from the upper left corner."""
    from matplotlib.text import Text

    renderer = canvas.canvas.get_renderer()
    height = canvas.get_size_inches()[1] * 72
    found = []
    for shown in canvas.findobj(Text):
        if shown.get_text().strip() and shown.get_visible() and shown.axes is not None:
            owner = shown.axes
            if not owner.axison and shown not in owner.texts:
                continue  # a tick or title of axes that are switched off
            box = shown.get_window_extent(renderer)
            found.append((shown.get_text(), (box.x0, height - box.y1, box.x1, height - box.y0)))
    return found


def overlap(one: Box, other: Box) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > 0.5 and down > 0.5


def within(inner: Box, outer: Box) -> bool:
    slack = 0.1
    return all(
        low <= here + slack and there <= high + slack
        for low, here, there, high in zip(outer[:2], inner[:2], inner[2:], outer[2:], strict=True)
    )


def numeric(value: str) -> bool:
    return any(unicodedata.category(char) in ("Nd", "Nl", "No") for char in value)


def rectangles(block: dict[str, Any]) -> list[Box]:
    return [(n["x"], n["y"], n["x"] + n["w"], n["y"] + n["h"]) for n in block["links"]]


@pytest.fixture(scope="module", params=EVERY, ids="-".join)
def chart(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Drawn]:
    """A chart of the report, and the texts drawn in it."""
    name, lang, edition = request.param
    report = Report(TOWN, YEAR, lang=lang, edition=edition, data=ROOT / "data")
    with recorded() as found:
        (block,) = report.chart(name).blocks
    return block, boxes(found[-1])


def test_every_number_on_a_chart_lies_in_a_link(chart: tuple[dict[str, Any], Drawn]) -> None:
    block, texts = chart
    rects = rectangles(block)
    loose = [
        text for text, box in texts if numeric(text) and not any(within(box, r) for r in rects)
    ]
    for declared in (inline["v"] for inline in block["words"] if inline["t"] == "fixed"):
        assert declared in loose.pop(next(n for n, text in enumerate(loose) if declared in text))
    assert loose == []


def test_every_link_of_a_chart_lies_over_one_number(chart: tuple[dict[str, Any], Drawn]) -> None:
    block, texts = chart
    for rect in rectangles(block):
        inside = [text for text, box in texts if within(box, rect)]
        assert len(inside) == 1
        assert numeric(inside[0]) or "无" in inside[0]


def test_no_text_of_a_chart_lies_over_another(chart: tuple[dict[str, Any], Drawn]) -> None:
    _, texts = chart
    assert texts
    assert [(a[0], b[0]) for a, b in combinations(texts, 2) if overlap(a[1], b[1])] == []


def test_no_text_of_a_chart_is_cut_off(chart: tuple[dict[str, Any], Drawn]) -> None:
    block, texts = chart
    page = (0.0, 0.0, block["width"], block["height"])
    assert [text for text, box in texts if not within(box, page)] == []


def test_the_svg_holds_its_texts_as_text_and_no_other_number(
    chart: tuple[dict[str, Any], Drawn],
) -> None:
    block, texts = chart
    root = ET.fromstring(block["svg"])
    written = [
        "".join(node.itertext()).strip() for node in root.iter() if node.tag.endswith("text")
    ]
    lines = [line.strip() for text, _ in texts for line in text.split("\n")]
    assert sorted(lines) == sorted(written)
    assert not any(node.tag.endswith("image") for node in root.iter())


def test_a_chart_is_described_with_every_number_that_it_shows(
    chart: tuple[dict[str, Any], Drawn],
) -> None:
    block, texts = chart
    described = "".join(inline["v"] for inline in block["alt"])
    assert [text for text, _ in texts if numeric(text) and text not in described] == []


@pytest.mark.parametrize(("name", "lang"), list(product(NAMES, ("zh", "en"))))
def test_a_chart_is_drawn_twice_with_the_same_bytes(name: str, lang: Any) -> None:
    report = Report(TOWN, YEAR, lang=lang, edition="public", data=ROOT / "data")
    first, second = (report.chart(name).blocks[0]["svg"] for _ in range(2))
    assert first == second
    assert not re.search(r"<dc:date>|file:|/tmp", first)


@pytest.mark.slow
def test_another_process_draws_the_same_bytes() -> None:
    report = Report(TOWN, YEAR, data=ROOT / "data")
    mine = [hashlib.sha256(report.chart(n).blocks[0]["svg"].encode()).hexdigest() for n in NAMES]
    script = (
        "import hashlib\n"
        "from xushi_stats.reporting.report import Report\n"
        f"report = Report({TOWN!r}, {YEAR}, data='data')\n"
        f"for name in {NAMES!r}:\n"
        "    svg = report.chart(name).blocks[0]['svg']\n"
        "    print(hashlib.sha256(svg.encode()).hexdigest())"
    )
    environ = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
    done = copies.run("-c", script, env=environ)
    assert done.stdout.split() == mine, done.stderr


# -- compositions of any shape -----------------------------------------------------------------


def bar(name: str, *sizes: int) -> Bar:
    labels = [[Label(f"{n}户", f"a{i}"), Label(f"{n}.00%", f"b{i}")] for i, n in enumerate(sizes)]
    return Bar(name, [Fraction(n) for n in sizes], labels)


def composed(drawn: list[Any], *sizes: int) -> tuple[Chart, Drawn]:
    parts = ["已脱贫", "未脱贫", "其他", "不详"][: len(sizes)]
    made = charts.composition([bar("按户计", *sizes), bar("按人计", *sizes)], parts)
    return made, boxes(drawn[-1])


@pytest.mark.parametrize("sizes", [(50, 50), (97, 3), (3, 97), (100, 0), (1, 1, 98), (96, 2, 2)])
def test_labels_of_narrow_parts_stay_on_the_chart_and_apart(
    drawn: list[Any], sizes: tuple[int, ...]
) -> None:
    made, texts = composed(drawn, *sizes)
    page = (0.0, 0.0, made.width, made.height)
    assert [text for text, box in texts if not within(box, page)] == []
    assert [(a[0], b[0]) for a, b in combinations(texts, 2) if overlap(a[1], b[1])] == []


@pytest.mark.parametrize("sizes", [(1, 2), (1, 2, 3), (1, 2, 3, 4)])
def test_no_part_of_a_composition_is_dropped(drawn: list[Any], sizes: tuple[int, ...]) -> None:
    try:
        made, _ = composed(drawn, *sizes)
    except ValueError:
        return  # refused: more parts than there are colours to tell apart
    assert len(made.links) == 2 * 2 * len(sizes)


def test_a_text_on_a_chart_is_never_read_as_a_formula(drawn: list[Any]) -> None:
    made = charts.composition([bar("$x^2$", 1, 1)], ["a_b", "$\\frac$"])
    written = "".join(ET.fromstring(made.svg).itertext())
    assert "$x^2$" in written
    assert "$\\frac$" in written
