"""The reference pages, ``docs/reference.md`` and ``docs/reference.en.md``, from what the program reads.

``python tests/reference.py`` writes both. Commands, options, tables and columns are those of the
program, targets those of the Makefile; the words that no code has are in ``docs/reference.toml``.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, get_args

from xushi_stats import (
    catalogue,
    dataset,
    format,
    formula,
    measures,
    observations,
    periods,
    records,
    sources,
)
from xushi_stats.audit import versions
from xushi_stats.commands import main as command_line
from xushi_stats.editions import ALL_SECTIONS, LANGS
from xushi_stats.publishing import attachments
from xushi_stats.registers import schema
from xushi_stats.reporting import change_log, document, evidence, exhibit_keys, sections, words
from xushi_stats.reporting.report import Report
from xushi_stats.tables import workbooks
from xushi_stats.tables.columns import Column

ROOT = Path(__file__).resolve().parent.parent
SAID: dict[str, Any] = tomllib.loads((ROOT / "docs/reference.toml").read_text(encoding="utf-8"))
PAGES = {"zh": "docs/reference.md", "en": "docs/reference.en.md"}

SHARED: Mapping[str, Sequence[Column]] = {
    "catalogue": catalogue.INDICATOR_COLUMNS,
    "checks": catalogue.CHECK_COLUMNS,
    "refused": catalogue.REFUSED_COLUMNS,
    "sources": sources.SOURCE_COLUMNS,
}
OF_A_TOWN: Mapping[str, Sequence[Column]] = {
    "observations": observations.OBSERVATION_COLUMNS,
    "places": sources.PLACE_COLUMNS,
    "queries": dataset.QUERY_COLUMNS,
    "declared": dataset.DECLARED_COLUMNS,
    "breaks": periods.BREAK_COLUMNS,
    **records.RECORD_COLUMNS,
    "changes": change_log.COLUMNS,
}
TABLES = {**SHARED, **OF_A_TOWN}

EXITS = ("DONE", "FINDINGS", "USAGE", "NOT_DONE")
Lines = Iterator[str]


def page(lang: str) -> str:
    """One page."""
    said = SAID["words"]
    head = [f"# {said['title'][lang]}", said["other"][lang], said["made"][lang]]
    parts = (_targets, _commands, _options, _exits, _tables, _about, _signs, _registers)
    parts += (_functions, _placeholders, _exhibits, _town, _evidence)
    return "\n\n".join([*head, *chain.from_iterable(part(lang) for part in parts)]) + "\n"


# -- tables of Markdown ------------------------------------------------------------------------


def _grid(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head, *body = ("| " + " | ".join(cells) + " |" for cells in (columns, *rows))
    return "\n".join([head, "|" + "---|" * len(columns), *body])


def _joined(lang: str, *said: str) -> str:
    return SAID["words"]["stop"][lang].join(filter(None, said))


def _code(names: Iterable[str], lang: str) -> str:
    return SAID["words"]["and"][lang].join(f"`{name}`" for name in names)


def _is_chinese(text: str) -> bool:
    return re.search(r"[一-鿿]", text) is not None


def _in(lang: str, both: str) -> str:
    """A text of the program in one language: ``数据文件夹 / data folder``."""
    pieces = both.split(" / ")
    for n in range(1, len(pieces)):
        zh, en = " / ".join(pieces[:n]), " / ".join(pieces[n:])
        if _is_chinese(zh) and not _is_chinese(en):
            return zh if lang == "zh" else en
    return both


# -- commands and targets ----------------------------------------------------------------------


def targets() -> list[tuple[str, str, str]]:
    """The Makefile's targets, as ``make`` alone prints them: name, Chinese, English."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return re.findall(r"^([a-z][\w-]*):.*? ## *(.+?) *\| *(.+)$", makefile, re.MULTILINE)


def _targets(lang: str) -> Lines:
    said = SAID["targets"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    yield f"## {said['title'][lang]}"
    rows = ((f"`make {name}`", zh if lang == "zh" else en) for name, zh, en in targets())
    yield _grid(said["head"][lang], rows)
    yield said["intro"][lang]
    yield f"```sh\n{said['example'][lang]}\n{said['second']}\n```"
    found = re.findall(r"^([A-Z_]+) \??= ?(.*)$", makefile, re.MULTILINE)
    yield _grid(said["variables"][lang], ((f"`{k}`", f"`{v}`" if v else "—") for k, v in found))
    yield said["after"][lang]


def commands(
    parser: argparse.ArgumentParser | None = None, before: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """The commands of the program, each with its parser."""
    for action in (parser or command_line._parser())._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                deeper = list(commands(inner, f"{before}{name} "))
                yield from deeper or [(f"{before}{name}", inner)]


def _takes(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if action.dest != "help"]


def _usage(action: argparse.Action) -> str:
    """``--lang {zh,en}``, ``FILE``."""
    word = action.metavar or action.dest.upper()
    if action.choices:
        word = "{" + ",".join(action.choices) + "}"
    flag = action.option_strings[-1] if action.option_strings else ""
    return f"{flag} {word}".strip() if action.nargs != 0 else flag


def _commands(lang: str) -> Lines:
    said, rows = SAID["commands"], []
    notes = dict(said["notes"])
    for name, parser in commands():
        given = [_usage(action) for action in _takes(parser) if not action.option_strings]
        note = notes.pop(name, {}).get(lang, "")
        about = _joined(lang, _in(lang, parser.description or ""), note)
        rows.append((f"`{' '.join([name, *given])}`", about))
    assert not notes, f"no such command: {list(notes)}"
    yield f"## {said['title'][lang]}"
    yield said["intro"][lang]
    yield _grid(said["head"][lang], rows)


def _options(lang: str) -> Lines:
    said = SAID["options"]
    notes = dict(said["notes"])
    used: set[str] = set()
    rows: dict[tuple[str, str], list[str]] = {}
    for name, parser in commands():
        for action in _takes(parser):
            keys = [f"{action.option_strings[-1]} {name}", action.option_strings[-1]] if (
                action.option_strings
            ) else []  # fmt: skip
            note = next((key for key in keys if key in notes), "")
            used.add(note)
            about = _meaning(action, notes.get(note, {}).get(lang, ""), lang)
            rows.setdefault((f"`{_usage(action)}`", about), []).append(name)
    assert used - {""} == set(notes), f"no such option: {set(notes) - used}"
    yield f"## {said['title'][lang]}"
    order = sorted(rows, key=lambda row: (not row[0].startswith("`--"), -len(rows[row])))
    every = (
        (option, " ".join(f"`{name}`" for name in rows[option, about]), about)
        for option, about in order
    )
    yield _grid(said["head"][lang], every)


def _meaning(action: argparse.Action, note: str, lang: str) -> str:
    said, default = SAID["words"], action.default
    about = _in(lang, action.help or "")
    if isinstance(default, int | str | Path) and default is not False and default != "":
        about = about.removesuffix(f" ({default})")
        told = said["default"][lang].split()[0] in about
        fallback = "" if told else said["default"][lang].format(f"`{default}`")
    else:
        fallback = ""
    must = said["required"][lang] if action.required and action.option_strings else ""
    return _joined(lang, about, must, fallback, note)


def _exits(lang: str) -> Lines:
    said = SAID["exits"]
    yield f"## {said['title'][lang]}"
    codes = ((str(getattr(command_line, n)), said[n][lang]) for n in EXITS)
    yield _grid(said["head"][lang], codes)


# -- tables ------------------------------------------------------------------------------------


def _tables(lang: str) -> Lines:
    said = SAID["tables"]
    assert set(said["about"]) == set(TABLES)
    yield f"## {said['title'][lang]}"
    yield said["intro"][lang].replace("{count}", str(len(TABLES)))
    rows = []
    for name in TABLES:
        folder = "data/" if name in SHARED else "data/xushi/"
        sheet = workbooks.SHEETS.get(name, "—")
        rows.append((f"`{name}`", f"{folder}{name}.csv", sheet, said["about"][name][lang]))
    yield _grid(said["head"][lang], rows)
    yield said["own"][lang].replace("{names}", _code(workbooks.OWN, lang))
    for name, columns in TABLES.items():
        yield f"### {name}" + (f" {workbooks.SHEETS.get(name, '修改记录')}" if lang == "zh" else "")
        yield _columns(columns, lang, SAID["columns"].get(name, {}))


def _columns(columns: Sequence[Column], lang: str, notes: Mapping[str, Any]) -> str:
    said = SAID["words"]
    assert set(notes) <= {column.name for column in columns}
    rows = []
    for column in columns:
        extra = said["either"][lang] if column.extra else ""
        note = notes.get(column.name, {}).get(lang, "")
        about = _joined(lang, _in(lang, column.about), note, extra)
        values = said["and"][lang].join(_value(choice, lang) for choice in column.choices)
        must = said["yes" if column.required else "no"][lang]
        rows.append((f"`{column.name}`", column.header, must, values, about))
    return _grid(SAID["tables"]["columns"][lang], rows)


_ENGLISH = {**words.STATUS_EN, **words.GRADE_EN, **words.STATE_EN, **words.CHECK_KIND_EN}


def _value(choice: str, lang: str) -> str:
    """A value that may stand in a column, with what it means where it is of the other language."""
    meant = {**(words.AREA["zh"] if lang == "zh" else _ENGLISH), **SAID["values"][lang]}
    if choice not in meant:
        assert (
            choice.isdigit() or _is_chinese(choice) == (lang == "zh") or choice in words.AREA["en"]
        ), f"docs/reference.toml: [values.{lang}] lacks {choice}"
        return f"`{choice}`"
    return f"`{choice}` {meant[choice]}"


def _about(lang: str) -> Lines:
    said = SAID["about"]
    yield f"## {said['title'][lang]}"
    yield said["intro"][lang].replace("{sheets}", _code(workbooks.ABOUT, lang))
    rows = []
    for chinese, name in workbooks.ABOUT_KEYS.items():
        must = SAID["words"]["yes" if name in workbooks.ABOUT_REQUIRED else "no"][lang]
        rows.append((chinese, must) if lang == "zh" else (chinese, f"`{name}`", must))
    yield _grid(said["head"][lang], rows)


def _signs(lang: str) -> Lines:
    said = SAID["signs"]
    signs: dict[str, list[str]] = {}
    for sign, state in observations.STATES.items():
        signs.setdefault(state, []).append(sign)
    yield f"## {said['title'][lang]}"
    yield said["intro"][lang]
    rows = [
        (f"`{of[0]}`", _joined(lang, format.MISSING[lang][state], said["notes"][state][lang]))
        for state, of in signs.items()
    ]
    yield _grid(said["head"][lang], [*rows, said["blank"][lang]])


def _registers(lang: str) -> Lines:
    said = SAID["registers"]
    assert set(said["about"]) == set(schema.SCHEMAS)
    yield f"## {said['title'][lang]}"
    yield said["intro"][lang]
    for name, columns in schema.SCHEMAS.items():
        about = said["about"][name][lang]
        yield f"### {name} {about}" if lang == "zh" else f"### {name}: {about}"
        yield _columns(columns, lang, {})


def _evidence(lang: str) -> Lines:
    said = SAID["evidence"]
    yield f"## {said['title'][lang]}"
    yield said["intro"][lang]
    rows = []
    for name, columns in evidence.COLUMNS.items():
        kept = evidence.INTERNAL_COLUMNS.get(name, ())
        names = (f"`{c}`" + "\\*" * (c in kept) for c in columns)
        rows.append((f"{name}.csv", " ".join(names)))
    yield _grid(said["head"][lang], rows)


# -- what texts, tables and charts may hold ----------------------------------------------------


def _functions(lang: str) -> Lines:
    said = SAID["functions"]
    names = [*measures.MEASURES, *(which for which in get_args(formula.Which) if which)]
    assert {*names, "title", "head"} == set(said)
    yield f"## {said['title'][lang]}"
    yield _grid(said["head"][lang], ((f"`{said[n]['call']}`", said[n][lang]) for n in names))


def _placeholders(lang: str) -> Lines:
    said = SAID["placeholders"]
    yield f"## {said['title'][lang]}"
    for intro, names, town, year in (
        ("intro", said["one"], "xushi", 2019),
        ("second", said["two"], "demo", 2020),
    ):
        report = Report(town, year, lang=lang, data=ROOT / "data")  # type: ignore[arg-type]
        yield said[intro][lang]
        rows = [
            (
                SAID["words"]["and"][lang].join(f"【{n}】" for n in pair),
                _printed(report, pair, lang),
            )
            for pair in names
        ]
        yield _grid(said["head"][lang], rows)
    yield said["after"][lang]


def _printed(report: Report, names: Iterable[str], lang: str) -> str:
    """What placeholders stand for; several names of one thing print the same."""
    made = [report.resolve(name) for name in names]
    found = {
        SAID["placeholders"][run[0]["kind"]][lang] if run[0]["t"] == "ref" else document.plain(run)
        for run in made
    }
    (printed,) = found
    return printed


def exhibits() -> list[tuple[str, dict[str, Any]]]:
    """The tables and charts that are shipped, each with its kind."""
    files = (ROOT / "data/exhibits.toml", ROOT / "data/demo/exhibits.toml")
    every = (tomllib.loads(file.read_text(encoding="utf-8")) for file in files)
    return [(kind, one) for all_ in every for kind in all_ for one in all_[kind].values()]


def _exhibits(lang: str) -> Lines:
    said = SAID["exhibits"]
    yield f"## {said['title'][lang]}"
    yield said["intro"][lang]
    for where, keys in said["keys"].items():
        known = exhibit_keys.KEYS[where].keys() - {"zh", "en"}
        shared = {"editions", "closes"} | ({"two_years"} if where == "chart.notes" else set())
        assert set(keys) | shared == known | shared, f"{where}: {set(keys) ^ known}"
        yield f"### {where}"
        yield _grid(said["head"][lang], ((f"`{k}`", about[lang]) for k, about in keys.items()))
    fields: dict[str, dict[str, None]] = {}
    for _, one in exhibits():
        for column in one.get("columns", ()) if "from" in one else ():
            fields.setdefault(one["from"], {})[column["field"]] = None
    assert set(fields) == set(said["sources"])
    assert all(
        set(used) <= (exhibit_keys.fields(source) or set()) for source, used in fields.items()
    )
    rows = ((f"`{n}`", about[lang], _code(fields[n], lang)) for n, about in said["sources"].items())
    yield "### from"
    yield _grid(said["from"][lang], rows)
    yield "### kind"
    kinds = said["kinds_of_chart"]
    assert set(kinds) == {*sections.CHARTS_OWN, *sections.names("chart")}
    yield _grid(said["kinds"][lang], ((f"`{n}`", about[lang]) for n, about in kinds.items()))


def _town(lang: str) -> Lines:
    said = {key: about for key, about in SAID["town"].items() if key not in ("title", "head")}
    said |= said.pop("own")
    yield f"## {SAID['town']['title'][lang]}"
    sections = _code(ALL_SECTIONS, lang)
    rows = ((f"`{k}`", about[lang].replace("{sections}", sections)) for k, about in said.items())
    yield _grid(SAID["town"]["head"][lang], rows)


def main() -> int:
    """Write both pages, and the row of the present version among those released."""
    table = ROOT / "xushi_stats/audit/versions.csv"
    here = attachments.setting()
    known = {**versions.released(), here["versions"]["xushi_stats"]: versions.digest(here)}
    rows = ["version,setting_sha256", *(f"{name},{digest}" for name, digest in known.items()), ""]
    table.write_text("\n".join(rows), encoding="utf-8-sig", newline="\n")
    for lang in LANGS:
        (ROOT / PAGES[lang]).write_text(page(lang), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
