"""What ``images build``, ``images list`` and ``images prune`` do."""

import sys
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from snippet_images.catalogue import names_text
from snippet_images.store import StoredImage
from snippet_sandbox.engines import open_engine
from verify_snippets import exit_codes, stored
from verify_snippets import screen as screens
from verify_snippets.report.layout import put
from verify_snippets.report.quantities import bytes_text


def build(names: Sequence[str], engine_name: str | None) -> int:
    """Build images for an engine and say what they are called."""
    engine = open_engine(engine_name)
    try:
        for name in names:
            with screens.open_screen() as screen:
                screen.say(f"engine: {engine.info().name}")
                image = engine.ensure_image(name, screen.show)
            line = f"{image.name}  {image.reference}  Python {image.python_version}"
            screens.console_for(sys.stdout).print(line, soft_wrap=True)
    finally:
        engine.close()
    return exit_codes.GOOD


def show_list() -> int:
    """Print the images that are built."""
    images = stored.list_all()
    console = screens.console_for(sys.stdout)
    if images:
        put(table(images), console)
        total = sum(image.size_bytes for image in images)
        console.print(
            f"{bytes_text(total)} in all; `verify-snippets images prune` removes what is out of date"
        )
    else:
        console.print("no images are built yet; `verify-snippets images build` builds one")
    console.print(f"images that there can be: {names_text()}", soft_wrap=True)
    return exit_codes.GOOD


def prune(*, everything: bool) -> int:
    """Remove images and say how much that freed."""
    with screens.open_screen() as screen:
        freed = stored.prune(everything=everything, listener=screen.show)
    screens.console_for(sys.stdout).print(f"{bytes_text(freed)} freed")
    return exit_codes.GOOD


def table(images: Sequence[StoredImage]) -> Table:
    """The images, one a row."""
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for header in ("image", "engine", "size", "state"):
        drawn.add_column(header, justify="right" if header == "size" else "left", no_wrap=True)
    for image in images:
        state = ["current" if image.current else "out of date", *(["in use"] if image.in_use else [])]
        cells = (f"{image.name}:{image.key}", image.engine, bytes_text(image.size_bytes), ", ".join(state))
        drawn.add_row(*map(Text, cells))
    return drawn
