"""Encrypted connections to a real PostgreSQL server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from snippet_images.errors import UserFacingError
from tests.postgres import PostgresServer
from verify_snippets.store import open_store

IN_USE = "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'encrypted'"


@pytest.fixture
def authority(postgres: PostgresServer, tmp_path: Path) -> Iterator[Path]:
    """The certificate of the authority that vouches for the server's, which holds for ``localhost`` alone."""
    made = trustme.CA()
    certificate = made.issue_cert("localhost")
    crt, key = postgres.sockets / "server.crt", postgres.sockets / "server.key"
    certificate.cert_chain_pems[0].write_to_path(crt)
    certificate.private_key_pem.write_to_path(key)
    key.chmod(0o600)
    for file in (crt, key):
        shutil.chown(file, postgres.sockets.owner(), postgres.sockets.group())
    postgres.sql(
        f"ALTER SYSTEM SET ssl_cert_file = '{crt}'; ALTER SYSTEM SET ssl_key_file = '{key}';"
        "ALTER SYSTEM SET ssl = on; SELECT pg_reload_conf()",
        "postgres",
    )
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    yield tmp_path / "authority.pem"
    postgres.sql("ALTER SYSTEM RESET ALL; SELECT pg_reload_conf()", "postgres")


def test_a_connection_is_as_safe_as_it_was_asked_to_be(postgres: PostgresServer, authority: Path) -> None:
    url = f"{postgres.new_database()}?application_name=encrypted"
    by_name = url.replace("127.0.0.1", "localhost")
    opened = {
        url: "t",
        f"{url}&sslmode=prefer": "t",
        f"{url}&sslmode=disable": "f",
        f"{url}&sslmode=require": "t",
        f"{url}&sslmode=verify-ca&sslrootcert={authority}": "t",
        f"{by_name}&sslmode=verify-full&sslrootcert={authority}": "t",
        f"{by_name}&sslrootcert={authority}": "t",
    }
    for asked, encrypted in opened.items():
        with open_store(asked) as store:
            store.nights()
            assert set(postgres.sql(IN_USE, "postgres").split()) == {encrypted}, asked


@pytest.mark.parametrize(
    "options", ["sslmode=verify-full&sslrootcert={authority}", "sslmode=verify-ca", "sslmode=verify-full"]
)
def test_a_server_that_nobody_vouches_for_gets_no_password(
    options: str, postgres: PostgresServer, authority: Path
) -> None:
    with pytest.raises(UserFacingError, match="certificate verify failed"):
        open_store(f"{postgres.new_database()}?{options.format(authority=authority)}")
