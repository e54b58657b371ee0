"""The notebook of a section that has none of its own: one call sets everything in order."""

from __future__ import annotations

import json


def one_call(section: str, town: str = "", year: int = 0) -> str:
    """A notebook of four cells, as the text of its file.

    >>> len(json.loads(one_call("review"))["cells"])
    4
    """
    parameters = (
        f'ref_area = "{town}"\nyear = {year}\nlang = "zh"\nedition = "draft"\ndata = "../data"'
    )
    opening = (
        "import xushi_stats as xs\n\n"
        "report = xs.Report(ref_area, year, lang=lang, edition=edition, data=data)"
    )
    cells = (
        ("parameters", parameters),
        ("open", opening),
        (f"section-{section}", f'report.section("{section}")'),
        ("finish", "report.finish()"),
    )
    made = [
        {
            **{"cell_type": "code", "execution_count": None, "id": name, "outputs": []},
            "metadata": {"tags": [name]} if name in ("parameters", "open", "finish") else {},
            "source": source.splitlines(keepends=True),
        }
        for name, source in cells
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {
        **{"kernelspec": kernel, "language_info": {"name": "python"}},
        "xushi": {"section": section},
    }
    whole = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
