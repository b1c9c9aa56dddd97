"""``python -m verify_snippets``."""

import sys

from verify_snippets.cli import main

sys.exit(main())
