"""The container's only door: the Hub at one commit, the user's package index, allowed web hosts.

A container has no network. An agent in it relays a loopback port to one Unix socket; behind that stands the
gateway, on the host, with the user's token and the user's cache.
"""
