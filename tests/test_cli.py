"""The command line: exit codes, help in both languages, quick starts, no traceback."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from reporting import copies
from reporting.copies import ROOT, TOWN, YEAR

from xushi_stats.commands import main
from xushi_stats.editions import ALL_SECTIONS, EDITIONS, LANGS
from xushi_stats.synth import write_into

Run = Callable[..., tuple[int, str, str]]
COMMANDS = ("build", "check", "show", "list", "impact")
STARTING = ("init", "new-year", "migrate")
SHARE = "已脱贫户占建档立卡贫困户比重"
HEAVY = (
    *("matplotlib", "papermill", "nbconvert", "nbformat", "typst"),
    *("pypdfium2", "pikepdf", "jupyter_client", "IPython", "pandas"),
)
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return copies.copy(tmp_path)


# -- exit codes --------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["check"], ["list"], ["show", SHARE], ["--help"]])
def test_what_is_done_ends_with_zero(command: Run, arguments: list[str]) -> None:
    status, out, complaint = command(*arguments)
    assert (status, bool(out)) == (0, True), complaint


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bake"],
        ["show"],
        ["check", "--year", "abc"],
        ["check", "--year", "-1"],
        ["check", "--year", "２０１９"],
        ["check", "--year", "02019"],
        ["check", "--lang", "fr"],
        ["build", "--edition", "final"],
        ["build", "--section", "nothing"],
        ["build", "--nothing"],
    ],
)
def test_wrong_use_ends_with_two_and_is_told_in_both_languages(
    command: Run, arguments: list[str]
) -> None:
    status, out, complaint = command(*arguments)
    assert (status, out) == (2, "")
    assert "用法有误" in complaint
    assert "wrong use" in complaint


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    "options",
    [
        ["--year", "1999"],
        ["--town", "nowhere"],
        ["--town", "../"],
        ["--town", "../data/xushi"],
        ["--town", "xushi/"],
        ["--town", ""],
        ["--data", "nowhere"],
        ["--data", "README.md"],
    ],
    ids=" ".join,
)
def test_findings_end_with_one_and_no_traceback(
    command: Run, tmp_path: Path, name: str, options: list[str]
) -> None:
    more = {"build": ["--out", tmp_path], "show": [SHARE], "impact": [SHARE]}.get(name, [])
    status, out, complaint = command(name, *more, *options)
    assert (status, out) == (1, "")
    assert complaint.startswith("[错误]")
    assert "改法" in complaint


# -- show --------------------------------------------------------------------------------------


def test_show_reaches_both_places_in_the_speech(command: Run) -> None:
    _, out, _ = command("show", SHARE)
    lines = out.splitlines()
    assert "80.65%" in lines[0]
    for wording in ("321户", "398户"):
        said = [line for line in lines if f"“{wording}”" in line]
        assert len(said) == 2
        assert "《讲话》第二部分“五是”" in said[0]
        assert "《讲话》第三部分（三）" in said[1]
    assert any("321/398" in line for line in lines)
    assert any("已脱贫户数" in line and "建档立卡贫困户数" in line for line in lines)


def test_show_gives_the_offsets_at_which_the_speech_has_the_words(
    command: Run, speech: str
) -> None:
    _, out, _ = command("show", SHARE)
    said = re.findall(r"“(.+?)” .*?\(字符位置 (\d+)\)", out)
    assert len(said) == 4
    for wording, start in said:
        assert speech[int(start) :].startswith(wording)


@pytest.mark.parametrize(
    "name",
    [
        "poverty.households.exited.share",
        "poverty.households.exited.share@2020-03",
        f"{TOWN}/poverty.households.exited.share@2020-03",
        "exited households as share of registered poor households",
    ],
)
def test_show_takes_an_id_or_a_name_in_either_language(command: Run, name: str) -> None:
    assert command("show", name) == command("show", SHARE)


def test_show_of_an_unknown_name_gives_the_nearest(command: Run) -> None:
    status, out, complaint = command("show", SHARE[:-2])
    assert (status, out) == (1, "")
    assert f"“{SHARE}”" in complaint


def test_show_in_english_is_in_english(command: Run) -> None:
    _, out, _ = command("show", SHARE, "--lang", "en")
    assert "formula: " in out
    assert "Part Two, fifth item" in out
    words = re.sub("“[^”]*”", "", out)
    assert not HAN.search(words)


def test_show_marks_a_missing_figure_and_what_it_lacks(command: Run, data: Path) -> None:
    lost = "poverty.households.exited"
    copies.without(data / TOWN / "observations.csv", "indicator", lost)
    status, out, _ = command("show", SHARE, "--data", data)
    assert status == 0
    assert out.count("来源资料未列") >= 2


def test_every_figure_can_be_shown_by_its_name_as_a_tree_that_ends_in_the_source() -> None:
    from xushi_stats.commands.explanation import tree
    from xushi_stats.reporting.context import load

    dataset, ledger, _ = load(ROOT / "data", TOWN, YEAR)
    for figure in ledger.figures.values():
        found = ledger.find(figure.indicator.names["zh"])
        assert found is not None, figure.id
        if figure.quantity and found.id == figure.id:
            lines = tree(dataset, ledger, figure, "zh")
            assert figure.indicator.names["zh"] in lines[0]
            counted = any(below.origin for below in ledger.below([figure.id]))
            assert counted or any("《讲话》" in line for line in lines)


def test_list_names_every_figure_once_with_its_value(command: Run) -> None:
    _, out, _ = command("list")
    lines = [line.split("\t") for line in out.splitlines()]
    assert {len(line) for line in lines} == {3}
    assert len({line[0] for line in lines}) == len(lines)
    assert [f"{TOWN}/poverty.households@2020-03", "建档立卡贫困户数", "398户"] in lines


# -- check -------------------------------------------------------------------------------------


def test_check_says_that_the_data_of_xushi_are_in_order(command: Run) -> None:
    status, out, complaint = command("check")
    assert (status, "[错误]" in complaint) == (0, False)
    assert re.search(r"数据可用：\d+ 个观测数，\d+ 个派生数", out)
    assert "The data are in order" in command("check", "--lang", "en")[1]


def test_check_tells_all_faults_at_once_with_file_row_and_column(command: Run, data: Path) -> None:
    copies.cells(data / TOWN / "observations.csv", "start", "3175", value="三百九十八")
    copies.cells(data / TOWN / "observations.csv", "start", "3189", indicator="poverty.nothing")
    copies.cells(data / "catalogue.csv", "id", "poverty.persons", unit="斗")
    status, _, complaint = command("check", "--data", data)
    assert status == 1
    assert re.search(
        rf"^{TOWN}/observations.csv\n(?:  .*\n)*  \[错误\] 第\d+行 “value”列：“三百九十八”",
        complaint,
        re.MULTILINE,
    )
    assert "poverty.nothing" in complaint
    assert "“斗”" in complaint
    assert complaint.count("[错误]") >= 3


def test_a_wrong_number_hides_no_fault_of_the_words(command: Run, data: Path) -> None:
    """One run tells both; what lacks for want of the number is not told as a fault of the text."""
    copies.cells(data / "xushi/observations.csv", "indicator", "poverty.households", value="很多户")
    copies.paragraph(data, "另有养殖大户12户，见【没有的指标】。贫困户【建档立卡贫困户数】。")
    mixed = "poverty.persons.exited == poverty.households.exited"
    copies.cells(data / "checks.csv", "id", "poverty.persons.sum", expression=mixed)
    status, _, complaint = command("check", "--data", data, "--lang", "zh")
    assert status == 1
    assert "xushi/observations.csv" in complaint and "很多户" in complaint
    assert "12户" in complaint and "没有的指标" in complaint and "poverty.persons.sum" in complaint
    assert "建档立卡贫困户数】" not in complaint


def test_a_wrong_number_alone_brings_no_other_fault(command: Run, data: Path) -> None:
    copies.cells(data / "xushi/observations.csv", "indicator", "poverty.households", value="很多户")
    for lang in LANGS:
        status, _, complaint = command("check", "--data", data, "--lang", lang)
        assert status == 1
        assert len([line for line in complaint.splitlines() if "[" in line]) == 2, complaint


def codes(command: Run, data: Path, *options: str) -> list[str]:
    """The codes of the errors of a check."""
    out = command("check", "--data", data, "--json", *options)[1]
    return [found["code"] for found in json.loads(out)["faults"] if found["severity"] == "error"]


@pytest.mark.parametrize("column", ["text", "en", "source", "start"])
def test_phrases_that_cannot_be_read_are_not_told_as_typed_numbers(
    command: Run, data: Path, column: str
) -> None:
    path = data / TOWN / "quotes.csv"
    copies.table(path, lambda rows: [row | {column: ""} for row in rows])
    assert set(codes(command, data)) == {"required"}


def test_a_target_without_direction_takes_no_figure_from_the_text(command: Run, data: Path) -> None:
    copies.table(
        data / "demo/targets.csv", lambda rows: [row | {"direction": "zzz"} for row in rows]
    )
    assert "placeholder" not in codes(command, data, "--town", "demo")


def test_a_fault_of_a_register_is_told_beside_that_of_a_number(command: Run, data: Path) -> None:
    """And the figures that the register would give are not told as unknown."""
    write_into(copies.DEMO_PLAN, data, copies.DEMO)
    path = data / "demo/observations.csv"
    copies.table(path, lambda rows: [rows[0] | {"value": "很多个"}, *rows[1:]])
    alone = codes(command, data, "--town", "demo")
    copies.table(
        data / "demo/registers/households.csv",
        lambda rows: [rows[0] | {"entered": "zzz"}, *rows[1:]],
    )
    both = codes(command, data, "--town", "demo")
    assert len(alone) == 1 and len(both) == 2


def test_a_contradiction_of_the_two_places_is_found(command: Run, data: Path) -> None:
    copies.cells(data / TOWN / "observations.csv", "start", "6370", value="322户")
    status, _, complaint = command("check", "--data", data)
    assert status == 1
    assert "322户" in complaint
    assert "321户" in complaint


def test_a_check_that_fails_stops_the_build(command: Run, data: Path, tmp_path: Path) -> None:
    path = data / TOWN / "observations.csv"
    copies.cells(path, "indicator", "poverty.households.exited", value="322户")
    status, _, complaint = command("build", "--data", data, "--out", tmp_path / "out")
    assert status == 1
    assert "审核不通过" in complaint
    assert not (tmp_path / "out").exists()


SPOILED: dict[str, tuple[str, Callable[[str], str]]] = {
    "an empty town": ("xushi/town.toml", lambda text: ""),
    "a town without its title": ("xushi/town.toml", lambda text: text.replace("title", "titel")),
    "a town without Chinese": ("xushi/town.toml", lambda text: text.replace("zh = ", "cn = ")),
    "broken exhibits": ("exhibits.toml", lambda text: text + "\n["),
    "a table without columns": ("exhibits.toml", lambda text: text.replace("columns", "colums", 1)),
    "a table of another name": (
        "exhibits.toml",
        lambda text: text.replace("poverty_register", "another", 1),
    ),
    "an unknown source": ("sources.csv", lambda text: text.replace("speech2020", "speech2021")),
    "an empty catalogue": ("catalogue.csv", lambda text: ""),
    "a catalogue of headers": ("catalogue.csv", lambda text: text.splitlines()[0] + "\n"),
    "no observations": ("xushi/observations.csv", lambda text: text.splitlines()[0] + "\n"),
    "a stray quote": ("xushi/observations.csv", lambda text: text.replace('"', "") + '"'),
    "no places": ("xushi/places.csv", lambda text: text.splitlines()[0] + "\n"),
    "no sources": ("sources.csv", lambda text: text.splitlines()[0] + "\n"),
    "a foreign date": ("sources.csv", lambda text: text.replace("2020-03-16", "16.3.2020")),
    "doubled brackets": ("xushi/text/zh/review.md", lambda text: text.replace("【", "【【", 1)),
    "an open bracket": ("xushi/text/zh/review.md", lambda text: text.replace("】", "", 1)),
}
BUILT = ("a town without Chinese", "a table without columns")


@pytest.mark.parametrize(
    ("name", "spoiled"),
    [*(("check", name) for name in SPOILED), *(("build", name) for name in BUILT)],
)
def test_spoiled_data_give_faults_and_no_traceback(
    command: Run, data: Path, name: str, spoiled: str
) -> None:
    file, change = SPOILED[spoiled]
    copies.edit(data / file, change)
    more = ["--out", data.parent / "out", "--lang", "zh", "--edition", "public"]
    more += ["--section", "review"]
    status, _, complaint = command(name, "--data", data, *(more if name == "build" else []))
    assert status in (0, 1)
    assert "Traceback" not in complaint
    if status:
        assert "[错误]" in "".join(complaint.splitlines()[:2])


# -- help and quick starts ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", *COMMANDS, *STARTING, "compare", "record", "audit source", "audit report"]
)
def test_help_of_every_command_and_option_is_in_both_languages(command: Run, name: str) -> None:
    status, out, _ = command(*name.split(), "--help")
    assert status == 0
    entries = re.split(r"\n  (?=\S)", out.split("\n\n", 2)[-1])
    assert len(entries) > 1
    for entry in entries[1:]:
        about = re.sub(r"\s+", " ", entry)
        assert HAN.search(about), about
        assert " / " in about, about


def test_the_build_offers_every_language_edition_and_section(command: Run) -> None:
    _, out, _ = command("build", "--help")
    for choices in (LANGS, EDITIONS, ALL_SECTIONS):
        assert "{" + ",".join(choices) + "}" in out


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["check"], ["list"]])
def test_help_check_and_list_start_without_plotting_jupyter_or_typst(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from xushi_stats.commands.main import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        f"print('loaded', *[name for name in {HEAVY} if name in sys.modules])"
    )
    done = copies.run("-c", script)
    assert done.stdout.splitlines()[-1] == "loaded", done.stderr


# -- other machines ----------------------------------------------------------------------------


def test_chinese_is_printed_and_read_on_a_machine_without_a_locale(tmp_path: Path) -> None:
    data = copies.copy(tmp_path / "资 料", "数 据")
    environ = {"LC_ALL": "C", "LANG": "C"}
    done = copies.cli("show", SHARE, "--data", data, cwd=tmp_path, env=environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert "《讲话》第三部分（三）" in done.stdout
    done = copies.cli("show", "无此指标", "--data", data, cwd=tmp_path, env=environ)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("[错误]")


@pytest.mark.parametrize(("locale", "word"), [("en_US.UTF-8", "[error]"), ("C", "[错误]")])
def test_messages_are_in_the_language_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, command: Run, locale: str, word: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert command("show", "nothing")[2].startswith(word)


def test_a_reader_that_stops_early_gets_no_traceback() -> None:
    import subprocess
    import sys

    script = "import sys; from xushi_stats.commands.main import main; sys.exit(main(['list']))"
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr:
        complaint = process.stderr.read().decode()
    process.wait()
    assert "Traceback" not in complaint


def test_the_newest_release_is_taken_where_no_year_is_named(command: Run) -> None:
    assert command("list") == command("list", "--year", YEAR)


def test_a_town_of_another_folder_is_found(command: Run, data: Path) -> None:
    shutil.copytree(data / TOWN, data / "许市镇")
    status, out, _ = command("list", "--data", data, "--town", "许市镇")
    assert status == 0
    assert "许市镇/poverty.households@2020-03" in out


def test_all_of_it_works_as_a_module_and_as_a_command() -> None:
    from importlib.metadata import entry_points

    (script,) = entry_points(group="console_scripts", name="xushi-stats")
    assert script.load() is main.main
    assert copies.cli("--help").stdout.startswith("usage: xushi-stats")
