"""Which small changes of the program no test notices: ``python benchmarks/mutants.py [group …]``.

Each mutant is the package with one operator, comparison or whole number changed; the tests named beside its
file are run on it, and it is killed if one fails or if they do not end. Prints the survivors, and one
line a group. Of statistics and notation 200 are drawn. A release that tests share is built by the sound
program, so that mutants of what builds it want tests of their own. Works on copies in a temporary folder;
takes hours for all groups on two cores.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from random import Random

ROOT = Path(__file__).resolve().parent.parent
WORKERS, LIMIT = 2, 300
COPIED = ("xushi_stats", "tests", "data", "notebooks", "docs", "pyproject.toml")


@dataclass(frozen=True)
class Target:
    """A file, the functions of it that are changed (none: all), and the tests that should notice."""

    file: str
    tests: tuple[str, ...]
    functions: tuple[str, ...] = ()


def _measure(name: str) -> Target:
    folder, _, module = name.rpartition("/")
    test = {"proportion_interval": "intervals", "rank_agreement": "agreement"}.get(module, module)
    return Target(f"registers/{folder}/{module}.py", (f"tests/registers/test_{test}.py",))


_VERIFIED = (
    "tests/audit/test_verify.py",
    "tests/reporting/test_bundle.py",
    "tests/audit/test_seeded.py::test_verify_names",
    "tests/audit/test_seeded.py::test_the_list_of_digests_names",
    "tests/audit/test_seeded.py::test_a_report_forged_whole_is_found_only_against_the_source",
)
GROUPS = {
    "rounding": [
        Target("format.py", ("tests/test_show.py",), ("round_to", "round_out", "_decimals_signed")),
    ],
    "suppression": [
        Target("disclosure/suppression.py", ("tests/registers/test_disclosure.py",)),
    ],
    "statistics": [
        Target("measures.py", ("tests/test_statistics.py",)),
        *map(_measure, ("households/poverty", "households/inequality")),
        *map(_measure, ("households/multidimensional",)),
        *map(_measure, ("checkpoints/proportion_interval", "inspection/rank_agreement")),
    ],
    "notation": [Target("notation.py", ("tests/test_notation.py",))],
    "verification": [
        Target("audit/verify.py", _VERIFIED),
        Target("audit/steps.py", _VERIFIED),
    ],
}
DRAWN = {"statistics": 200, "notation": 200}
"""Groups of which so many are drawn; of the others, which guard, every mutant is tried."""

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt},
    **{ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In},
    **{ast.Is: ast.IsNot, ast.IsNot: ast.Is},
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult},
    **{ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.Pow: ast.Mult},
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "sum": "len"}


def _changed(node: ast.AST) -> str:
    """Change a node in place, and say how; "" where there is nothing to change."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARED:
        node.ops[0] = _COMPARED[type(node.ops[0])]()
        return "comparison"
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _COMPUTED:
        node.op = _COMPUTED[type(node.op)]()
        return "operator"
    if isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return "and/or"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        node.op = ast.UAdd()
        node.operand = ast.Call(ast.Name("bool", ast.Load()), [node.operand], [])
        return "not"
    if isinstance(node, ast.Constant) and type(node.value) is int:
        node.value += 1
        return "whole number"
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        node.value = not node.value
        return "truth"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLED:
        node.func.id = _CALLED[node.func.id]
        return "function"
    return ""


def _places(tree: ast.Module, functions: tuple[str, ...]) -> Iterator[int]:
    """The positions in ``ast.walk`` of what may be changed: code, not annotations or decorators."""
    inside = {id(n) for f in ast.walk(tree) if _is(f, functions) for n in ast.walk(f)}
    left = {
        id(below)
        for node in ast.walk(tree)
        for part in (
            *getattr(node, "decorator_list", ()),
            *filter(None, (getattr(node, "annotation", None), getattr(node, "returns", None))),
        )
        for below in ast.walk(part)
    }
    for position, node in enumerate(ast.walk(tree)):
        if id(node) not in left and (id(node) in inside or not functions):
            yield position


def _is(node: ast.AST, functions: tuple[str, ...]) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name in functions


def places(target: Target) -> list[int]:
    """Where a file can be changed."""
    tree = _tree(target)
    nodes = list(ast.walk(tree))
    return [n for n in _places(tree, target.functions) if _changed(deepcopy(nodes[n]))]


def mutant(target: Target, position: int) -> tuple[str, str]:
    """A mutant of a file: where and what was changed, and the source."""
    other = _tree(target)
    node = next(n for k, n in enumerate(ast.walk(other)) if k == position)
    before = ast.unparse(node) if isinstance(node, ast.expr) else ""
    what = _changed(node)
    after = ast.unparse(ast.fix_missing_locations(node)) if before else ""
    line = getattr(node, "lineno", 0)
    around = [f for f in ast.walk(_tree(target)) if isinstance(f, ast.FunctionDef)]
    around = [f for f in around if f.lineno <= line <= (f.end_lineno or 0)]
    where = f" in {max(around, key=lambda f: f.lineno).name}" if around else ""
    return f"{target.file}:{line}{where} {what}: {before} -> {after}", ast.unparse(other)


def _tree(target: Target) -> ast.Module:
    return ast.parse((ROOT / "xushi_stats" / target.file).read_text(encoding="utf-8"))


def of_group(group: str) -> list[tuple[Target, int]]:
    """The places of a group's mutants, or those drawn of them, in the order of the files."""
    every = [(t, place) for t in GROUPS[group] for place in places(t)]
    few = min(DRAWN.get(group, len(every)), len(every))
    return [every[n] for n in sorted(Random(group).sample(range(len(every)), few))]


def _is_killed(copy: Path, target: Target, source: str) -> bool:
    path = copy / "xushi_stats" / target.file
    kept = path.read_text(encoding="utf-8")
    path.write_text(source, encoding="utf-8")
    # builds of a session are shared as those of the workers of a run are
    environ = {**os.environ, "PYTEST_XDIST_WORKER": "mutant", "PYTHONPATH": str(copy)}
    options = (
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--basetemp={copy.parent / 'run' / copy.name}",
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        *options,
        *target.tests,
        f"xushi_stats/{target.file}",
    ]
    try:
        run = subprocess.run(command, cwd=copy, env=environ, capture_output=True, timeout=LIMIT)
        return run.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(kept, encoding="utf-8")


def main() -> None:
    """Try every mutant of the groups asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument(
        "group", nargs="*", metavar="group", help=f"of {', '.join(GROUPS)}; all if none is named"
    )
    parser.add_argument("--every", type=int, default=1, help="try each Nth mutant alone")
    parser.add_argument("--from", type=int, default=0, dest="start", help="begin with this one")
    options = parser.parse_args()
    asked = options.group or list(GROUPS)
    with tempfile.TemporaryDirectory() as folder:
        copies: Queue[Path] = Queue()
        (Path(folder) / "run").mkdir()
        for number in range(WORKERS):
            copy = Path(folder, f"copy-{number}")
            for name in COPIED:
                source = ROOT / name
                (shutil.copytree if source.is_dir() else shutil.copy)(source, _made(copy) / name)
            copies.put(copy)

        def tried(target: Target, source: str) -> bool:
            copy = copies.get()
            try:
                return _is_killed(copy, target, source)
            finally:
                copies.put(copy)

        for group in asked:
            chosen = of_group(group)[options.start :: options.every]
            every = [(t, *mutant(t, place)) for t, place in chosen]
            sound = {t: (ROOT / "xushi_stats" / t.file).read_text("utf-8") for t in GROUPS[group]}
            assert not any(tried(t, source) for t, source in sound.items()), (
                "the tests fail as it is"
            )
            with ThreadPoolExecutor(WORKERS) as pool:
                killed = list(pool.map(lambda m: tried(m[0], m[2]), every))
            for (_, what, _), is_killed in zip(every, killed, strict=True):
                if not is_killed:
                    print(f"  survives: {what}", flush=True)
            share = 100 * sum(killed) / max(len(every), 1)
            print(f"{group}: {sum(killed)} of {len(every)} killed ({share:.0f}%)", flush=True)


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


if __name__ == "__main__":
    main()
