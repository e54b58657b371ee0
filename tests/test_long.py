"""The runner of what takes hours: pieces are drawn, kept, gone on with, and told as they are."""

from __future__ import annotations

import csv
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path

import fuzz
import long
import pytest
from long import Piece, counted, drawn, table

sys.path.insert(0, str(long.ROOT / "benchmarks"))
import mutants

EVERY = [Piece(campaign, n, ("true",)) for campaign in ("fuzz", "mutants") for n in range(1, 31)]


def _piece(script: str, number: int = 1) -> Piece:
    return Piece("fuzz", number, ("python", "-c", script))


def test_a_draw_takes_its_part_of_each_campaign() -> None:
    chosen = drawn(EVERY, "a", 10)
    assert Counter(p.campaign for p in chosen) == {"fuzz": 3, "mutants": 3}
    assert len(set(chosen)) == 6
    assert Counter(drawn(EVERY, "a", 1)) == Counter(EVERY)


def test_the_seed_alone_decides_what_is_drawn() -> None:
    assert drawn(EVERY, "a", 10) == drawn(EVERY, "a", 10)
    assert len({tuple(drawn(EVERY, str(seed), 10)) for seed in range(20)}) > 15
    seen = {piece for seed in range(200) for piece in drawn(EVERY, str(seed), 10)}
    assert seen == set(EVERY)


def test_what_was_finished_is_not_run_again(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    piece = _piece(f"open({str(mark)!r}, 'a').write('x'); print('examples 5, read 4, failed 0')")
    first = long.run(piece, tmp_path / "kept")
    again = long.run(piece, tmp_path / "kept")
    assert first and again and first["said"] == again["said"] == "examples 5, read 4, failed 0\n"
    assert mark.read_text() == "x"
    long.run(piece, tmp_path / "of other sources")
    assert mark.read_text() == "xx"


def test_what_was_cut_off_is_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(path: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "rename", cut_off)
        long.run(_piece("print(1)"), tmp_path)
    assert not list(tmp_path.glob("*.json"))
    assert long.run(_piece("print(1)"), tmp_path)


def test_a_piece_that_fails_or_does_not_end_is_kept_as_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = long.run(_piece("raise SystemExit('bad')"), tmp_path)
    assert found and found["failed"] and "bad" in str(found["said"])
    monkeypatch.setattr(long, "LIMIT", 0.2)
    found = long.run(_piece("import time; time.sleep(60)", 2), tmp_path)
    assert found and found["failed"]


def test_of_a_piece_that_is_stopped_for_want_of_time_nothing_is_kept(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    started = ["sh", "-c", f"sleep 3; touch {mark}"]
    script = f"import subprocess; subprocess.run({started!r})"
    assert long.run(_piece(script), tmp_path, 0.5) is None
    time.sleep(4)  # what it started is stopped with it
    assert list(tmp_path.iterdir()) == []


def test_a_piece_for_a_python_that_is_not_here_is_not_run(tmp_path: Path) -> None:
    assert long.run(Piece("python 9.9", 1, ("python", "-c", "")), tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_the_table_tells_how_much_was_run_and_what_came_of_it(tmp_path: Path) -> None:
    said = {
        EVERY[0]: (False, "examples 400, read 100, failed 0, more memory 3 MB"),
        EVERY[1]: (True, "examples 400, read 90, failed 2, more memory 3 MB"),
        EVERY[30]: (
            False,
            "  survives: a.py:3 truth: True -> False\nrounding: 6 of 7 killed (86%)",
        ),
    }
    for piece, (failed, text) in said.items():
        record = {"failed": failed, "said": text, "at": "2026-01-02T03:04:05"}
        (tmp_path / f"{piece.name}.json").write_text(json.dumps(record))
    made = table(EVERY, tmp_path, "abc1234")
    assert "| fuzz | 2 / 30 | 1 | 800 examples, 190 read, 2 failed |" in made
    assert "| mutants | 1 / 30 | 0 | 6 killed, 7 mutants |" in made
    assert made.count("abc1234") == made.count("2026-01-02") == 2


def test_the_page_of_mutants_tells_what_was_tried_and_why_one_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long, "REASONS", tmp_path / "why.csv")
    long.REASONS.write_text("file,change,zh,en\na.py,truth: True -> False,同,same\n", "utf-8-sig")
    said = "  survives: a.py:3 truth: True -> False\n  survives: b.py:4 truth: x | y -> x\n"
    said += "rounding: 6 of 7 killed (86%)\nrounding: 5 of 5 killed (100%)\n"
    made = long.mutants_page(said, {"rounding": 20, "notation": 200}, "abc1234, 2026-01-02")
    assert "| rounding | 11 | 12 | 20 |" in made and "| notation | — | 0 | 200 |" in made
    assert "| `a.py:3` | `truth: True -> False` | 同 / same |" in made
    assert "| `b.py:4` | `truth: x \\| y -> x` | 尚未判断 / not judged yet |" in made
    assert made.count("abc1234") == 2


def test_of_the_groups_that_guard_every_mutant_is_tried_and_of_others_200() -> None:
    for group in mutants.GROUPS:
        chosen = mutants.of_group(group)
        every = [(t, place) for t in mutants.GROUPS[group] for place in mutants.places(t)]
        assert len(chosen) == min(len(every), mutants.DRAWN.get(group, len(every)))
        assert set(chosen) <= set(every) and chosen == mutants.of_group(group)


def test_each_reason_for_a_survivor_is_of_a_mutant_there_is() -> None:
    with open(long.REASONS, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    files = {t.file: t for group in mutants.GROUPS.values() for t in group}
    made = {
        (t.file, mutants.mutant(t, place)[0].split(" ", 1)[1])
        for t in files.values()
        if t.file in {row["file"] for row in rows}
        for place in mutants.places(t)
    }
    assert rows and {(row["file"], row["change"]) for row in rows} <= made
    assert all(row["zh"] and row["en"] for row in rows)


def test_of_pytests_closing_line_each_kind_is_counted() -> None:
    said = ["3 passed, 1 skipped in 2s", "1 failed, 4 passed in 1s"]
    assert counted("python 3.13", said) == "7 passed, 1 skipped, 1 failed"
    assert counted("tests", []) == "—"


def test_every_group_of_mutants_and_every_test_file_is_in_a_piece() -> None:
    every = list(long.pieces())
    assert len({piece.name for piece in every}) == len(every)
    assert set(long.GROUPS) == set(mutants.GROUPS)
    assert long.FINISHED == fuzz.FINISHED
    files = {p.relative_to(long.ROOT).as_posix() for p in long.ROOT.glob("tests/**/test_*.py")}
    for version in long.PYTHONS:
        its = [p for p in every if p.campaign == f"python {version}"]
        assert sorted(f for p in its for f in p.command if f.endswith(".py")) == sorted(files)


def test_the_committed_table_has_each_campaign_and_says_of_what_commit() -> None:
    text = long.TABLE.read_text(encoding="utf-8")
    named = re.findall(r"^\| (\S.*?) \| \d+ / \d+ \|", text, re.MULTILINE)
    assert named == list(dict.fromkeys(p.campaign for p in long.pieces()))
    assert re.search(r"commit [0-9a-f]{7,}, \d{4}-\d\d-\d\d", text)
