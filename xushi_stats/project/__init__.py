"""Starting a project, a town, a new year."""
