"""Reading: CSV files and sheets of workbooks as rows, with every fault told by file, row and column."""

from xushi_stats.tables.columns import Column, Row, choices_of, near, read_columns
from xushi_stats.tables.csv_text import read_text
from xushi_stats.tables.table import own_first, read_table, unwritable, write_whole

__all__ = [
    "Column",
    "Row",
    "choices_of",
    "near",
    "own_first",
    "read_columns",
    "read_table",
    "read_text",
    "unwritable",
    "write_whole",
]
