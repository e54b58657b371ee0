"""``python -m xushi_stats``."""

from xushi_stats.commands.main import main

if __name__ == "__main__":  # a process that verifies a share of a bundle imports this too
    raise SystemExit(main())
