"""The programs inside the container: standard library only, tiny, trusting nobody.

``agent.py`` is the container's process 1. It speaks with the host over its own stdin and stdout, relays
the one loopback port to the gateway's socket and starts ``driver.py``, which runs the job's Python parts.
Parts that are a notebook's cells are run by ``notebook.py`` in its place, by way of nbclient and of
``kernel.py``: these two need what the image has installed.

The conversation, one JSON object a line:

=============  =================================================================================
agent -> host  ``{"ready": {"python": "3.11.2"}}``
host -> agent  ``{"preload": [import statement], "kernel", "environment", "python"}``, to begin with ahead
host -> agent  ``{"nonce", "parts" | "command", "imports"?, "again"?, "environment", "python", ...}``
agent -> host  ``NONCE {"output": "stdout" | "stderr", "data": base64}``
agent -> host  ``NONCE {"preloaded": s, "at": s}``: how long the imports took, if they were done ahead
agent -> host  ``NONCE {"part": name, "state": "started" | "completed" | "failed", "at": s, "error"?}``
agent -> host  ``NONCE {"output_of": name, "gave": {...}}``: of a cell, as nbformat 4 has it
agent -> host  ``NONCE {"printed_by": name, "stdout": text, "stderr": text}``: all that a cell printed
agent -> host  ``NONCE {"figures": "begin"}``: figures are open; the driver waits for leave to draw them
host -> agent  ``draw SECONDS NUMBER BYTES``: go on, so long, so many, so big at the most
agent -> host  ``NONCE {"figures": "end"}``
agent -> host  ``NONCE {"again": "started" | "ended", "at": s, "tokens"}``: of what runs once more
host -> agent  ``stop``: end everything now, then say how it ended
agent -> host  ``NONCE {"end": {"exit_code", "signal", "at", "stdout_bytes", ...}}``
host -> agent  ``pictures NUMBER BYTES``: send so many, so big at the most; asked if anything was ``left``
agent -> host  ``NONCE {"picture": name, "data": base64}``
agent -> host  ``NONCE {"pictures": "sent"}``
=============  =================================================================================

``at`` is in seconds since the job was received, by the agent's clock.
"""

from pathlib import Path, PurePosixPath

AGENT_FOLDER = Path(__file__).parent
AGENT_MOUNT = PurePosixPath("/run/agent")
GATEWAY_MOUNT = PurePosixPath("/run/gateway")
RELAY_PORT = 8017
CORE_BYTES = 1  # see agent.py
HOME = PurePosixPath("/home/snippet")


def command(python: PurePosixPath, **options: int | str) -> list[str]:
    """The agent's command line: isolated from the environment, the user's site and the working folder.

    Args:
        python: the container's interpreter.
        options: see ``agent.py``; the ones that are neither zero nor empty are passed.
    """
    flags = [word for name, value in options.items() if value for word in (f"--{name}", str(value))]
    return [str(python), "-I", "-S", str(AGENT_MOUNT / "agent.py"), *flags]
