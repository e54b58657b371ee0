"""由登记表另行复算 / The registers counted again, with the standard library alone.

    python -m recount LEDGER REGISTERS RULES

LEDGER 为成果文件夹中的 ledger.json，REGISTERS 为登记表文件夹，RULES 为镇的 rules.toml。本文件夹可单独
拷走，不引用 xushi_stats。
LEDGER is the bundle's ledger.json, REGISTERS the folder of the registers, RULES the town's rules.toml.
This folder may be taken elsewhere by itself; nothing of xushi_stats is used.
退出码 / exit code: 0 全部复算，无出入 / all recounted and equal; 1 有出入 / a difference; 2 用法不对
/ wrong use; 3 无出入，但有未复算的 / no difference, but something not recounted.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .compare import recount
from .files import Unreadable


def main(arguments: list[str]) -> int:
    """Count again and print, in both languages."""
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        made = recount(*map(Path, arguments))
    except Unreadable as why:
        print(*why.args, sep=" / ", file=sys.stderr)
        return 2
    print(*made.lines("zh"), *made.lines("en"), sep="\n")
    if made.differences:
        return 1
    return 3 if made.unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
