"""``python -m xushi_stats``."""

from xushi_stats.cli import main

raise SystemExit(main())
