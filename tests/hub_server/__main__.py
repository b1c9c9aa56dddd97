"""``python -m tests.hub_server --root DIR``: serve folders as a Hub until interrupted."""

import argparse
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

from tests.hub_server import HubServer, Store, read_root


def main() -> None:
    """Serve until interrupted; the address goes to stdout."""
    parser = argparse.ArgumentParser(prog="tests.hub_server", description=read_root.__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs inherit it ignored
    server = HubServer(store=Store(read_root(arguments.root)), port=arguments.port)
    with suppress(KeyboardInterrupt), server as hub:
        sys.stdout.write(f"HF_ENDPOINT={hub.endpoint}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
