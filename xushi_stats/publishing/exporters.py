"""Exporters for nbconvert: ``jupyter nbconvert --to xushi-pdf`` of an executed notebook.

JupyterLab asks for it as ``xushi_pdf``: the addresses of its server hold no hyphen.
"""

from __future__ import annotations

from typing import Any

from nbconvert.exporters.exporter import Exporter


class XushiPDFExporter(Exporter):
    """An executed notebook as a tagged, archival PDF in which every number leads to its row.

    The notebook's ``metadata.xushi.whole`` says whether it is the whole report (cover, contents) or
    one section. Constructing it is cheap: what it needs is imported when it converts.
    """

    export_from_notebook = "Xushi PDF"
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(
        self, nb: Any, resources: Any = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Convert one executed notebook.

        Raises:
            NotExecuted: the notebook's last cell has not run.
            DataFaults: a cell was run for something else than the last one, or a number of the
                finished pages does not lead to its row.
        """
        from xushi_stats.publishing.assembly import assemble
        from xushi_stats.publishing.pages import finished

        notebook, found = super().from_notebook_node(nb, resources, **kw)
        whole = bool(nb.metadata.get("xushi", {}).get("whole"))
        assembled = assemble(notebook, whole=whole)
        return finished(assembled), dict(found)


class ShellExporter(XushiPDFExporter):
    """The same by the name for the shell, ``xushi-pdf``, which JupyterLab's menu does not list."""

    export_from_notebook = None  # type: ignore[assignment]
