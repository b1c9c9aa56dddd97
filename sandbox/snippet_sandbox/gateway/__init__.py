"""The container's only door: the Hub at one commit, the user's package index, allowed web hosts.

A container has no network. An agent in it relays a loopback port to one Unix socket; behind that stands the
gateway, on the host, with the user's token and the user's cache.
"""

from snippet_sandbox.gateway.contacts import Contacts
from snippet_sandbox.gateway.door import Door, Limits
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.rundir import sweep
from snippet_sandbox.gateway.web_policy import WebMode, WebPolicy

__all__ = ["Contacts", "Door", "Gateway", "Limits", "WebMode", "WebPolicy", "sweep"]
