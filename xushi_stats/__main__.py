"""``python -m xushi_stats``."""

import os
import sys

if sys.path[:1] == [os.getcwd()] and not sys.flags.safe_path:
    del sys.path[0]  # python -m puts the folder where the user stands first, whatever lies in it

from xushi_stats.commands.main import main

if __name__ == "__main__":  # a process that verifies a share of a bundle imports this too
    raise SystemExit(main())
