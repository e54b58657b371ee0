"""From a notebook to the files that are published."""
