"""Drawing onto a console, whether it is a terminal or a file."""

from rich.console import Console, RenderableType
from rich.text import Text

from verify_snippets.clean import without_commands


def put(renderable: RenderableType, console: Console) -> None:
    """Draw ``renderable``. A file gets no blanks at the ends of lines, which rich fills blocks up with."""
    if console.is_terminal:
        console.print(renderable)
        return
    with console.capture() as captured:
        console.print(renderable)
    lines = captured.get().rstrip("\n").split("\n")
    plain = without_commands("\n".join(line.rstrip() for line in lines))  # wrapping may have made some
    console.print(Text(plain), soft_wrap=True)
