"""What ``site`` does."""

import sys
from pathlib import Path

from verify_snippets import exit_codes
from verify_snippets import screen as screens
from verify_snippets.report.quantities import counted


def write_site(out: Path, store_url: str | None, *, public_only: bool) -> int:
    """Write the dashboard of a store into a folder, and say where to open it."""
    from huggingface_hub import constants

    from verify_snippets.site.build import build
    from verify_snippets.store import open_store

    with open_store(store_url, must_exist=True) as store:
        built = build(store, out, hub=constants.ENDPOINT.rstrip("/"), public_only=public_only)
    models, files = counted(built.models, "model"), counted(built.written, "file")
    said = f"{models}: {files} written, {built.unchanged:,} unchanged"
    removed = f", {built.removed:,} removed" if built.removed else ""
    screens.console_for(sys.stderr).print(said + removed)
    screens.console_for(sys.stdout)  # a path may hold what stdout can't
    sys.stdout.write(f"{out / 'index.html'}\n")
    return exit_codes.GOOD
