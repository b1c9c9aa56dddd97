"""The container's only door: the Hub at one commit, the user's package index, allowed web hosts.

A container has no network. An agent in it relays a loopback port to one Unix socket; behind that stands the
gateway, on the host, with the user's token and the user's cache.

``gateway.Gateway`` opens doors; ``door.Door`` is one job's; ``contacts.Contacts`` is what the job asked for;
``rundir.sweep`` removes what dead runs left. Nothing is imported here, so that a name costs no more than its
module.
"""
