"""A certificate authority of one run: it lets the gateway read what a job says over TLS, to record it.

Only jobs of a run that records or replays trust it, its key lives in this process alone, and hosts' own
certificates are checked as always.
"""

import ssl
from functools import cached_property
from typing import TYPE_CHECKING

from snippet_sandbox.gateway.names import RefusedError

if TYPE_CHECKING:
    from trustme import CA


class Authority:
    """Vouches for every host."""

    def __init__(self) -> None:
        self._contexts: dict[str, ssl.SSLContext] = {}

    @cached_property
    def _ca(self) -> "CA":
        from trustme import CA  # only such runs need it, and it takes its time

        return CA(organization_name="verify-snippets", organization_unit_name="gateway of one run")

    def context_for(self, host: str) -> ssl.SSLContext:
        """How to answer as ``host``.

        Raises:
            RefusedError: no certificate can name it.
        """
        if host not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            try:
                self._ca.issue_cert(host).configure_cert(context)
            except ValueError as error:
                raise RefusedError("no certificate can name this host") from error
            context.set_alpn_protocols(["http/1.1"])
            self._contexts[host] = context
        return self._contexts[host]

    def bundle(self) -> bytes:
        """What a job trusts: this authority, and those that this machine trusts; PEM."""
        public = ssl.create_default_context().get_ca_certs(binary_form=True)
        own = self._ca.cert_pem.bytes()
        return own + b"".join(ssl.DER_cert_to_PEM_cert(one).encode() for one in public)
