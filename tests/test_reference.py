"""The reference pages are what the program reads: commands, options, tables, columns, targets, keys."""

from __future__ import annotations

import tomllib

import pytest
import reference
from reference import PAGES, ROOT, SAID

from xushi_stats.commands import main
from xushi_stats.editions import LANGS
from xushi_stats.reporting import comparisons, context
from xushi_stats.reporting.report import Report


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_is_what_the_generator_makes(lang: str) -> None:
    written = (ROOT / PAGES[lang]).read_text(encoding="utf-8")
    assert written == reference.page(lang), "python tests/reference.py 重新生成 / makes it again"


def test_each_exit_code_is_given_where_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert (main.DONE, main.FINDINGS, main.USAGE, main.NOT_DONE) == (0, 1, 2, 3)
    assert main.main(["list"]) == main.DONE
    assert main.main(["show", "没有这个指标"]) == main.FINDINGS
    for wrong in (["nothing"], ["check", "--lang", "fr"], []):
        with pytest.raises(SystemExit) as ended:
            main.main(wrong)
        assert ended.value.code == main.USAGE


def test_each_key_of_the_shipped_tables_and_charts_is_explained() -> None:
    explained = {where: set(keys) for where, keys in SAID["exhibits"]["keys"].items()}
    explained["table.notes"] |= {"zh", "en", "editions"}
    for where in ("table.columns", "table.rows", "chart.bars", "chart.parts", "chart.notes"):
        explained.setdefault(where, set()).update(("zh", "en", "editions"))
    for kind, one in reference.exhibits():
        assert set(one) <= explained[kind]
        for part in ("columns", "rows", "notes", "bars", "parts"):
            for entry in one.get(part, ()):
                assert set(entry) <= explained[f"{kind}.{part}"], (kind, part)
    kinds = {one["kind"] for kind, one in reference.exhibits() if kind == "chart"}
    assert kinds == set(SAID["exhibits"]["kinds_of_chart"])


def test_each_key_that_is_explained_is_read_by_the_program() -> None:
    code = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "xushi_stats").rglob("*.py"))
    keys = {key for keys in SAID["exhibits"]["keys"].values() for key in keys}
    keys |= {*SAID["exhibits"]["sources"], *SAID["exhibits"]["kinds_of_chart"], *_town_keys()}
    assert [key for key in sorted(keys) if f'"{key}"' not in code] == []


def _town_keys() -> set[str]:
    return {*SAID["town"], *SAID["town"]["own"]} - {"own", "head"}


def test_each_key_of_a_town_is_explained() -> None:
    for path in (ROOT / "data").glob("*/town.toml"):
        assert set(tomllib.loads(path.read_text(encoding="utf-8"))) <= _town_keys()


def test_each_kind_of_placeholder_is_shown() -> None:
    shown = {
        n for pair in (*SAID["placeholders"]["one"], *SAID["placeholders"]["two"]) for n in pair
    }
    endings = {name.partition(":")[2] for name in shown if ":" in name}
    assert set(context._PHRASES) <= endings
    assert {name.partition(":")[0] for name in shown} >= set(context._EXHIBITS)


def test_with_one_year_the_comparisons_with_the_year_before_print_nothing() -> None:
    one = Report("xushi", 2019, data=ROOT / "data")
    assert (
        comparisons.phrase(one.ledger, one["党建专题会议次数"].figure, "zh", "draft", number=False)
        == []
    )
