"""A Hub of one's own, for tests: it speaks the real Hub's protocol on two local ports.

Files in LFS come from the second one, because the real Hub keeps them on another origin and the client treats
that differently.
"""

from tests.hub_server.server import HubServer, Seen, Spoil
from tests.hub_server.store import Repo, Store, read_root

__all__ = ["HubServer", "Repo", "Seen", "Spoil", "Store", "read_root"]
