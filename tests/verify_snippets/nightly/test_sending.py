"""A night's news, sent for real: to a webhook, and by mail."""

import logging
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from apprise import Apprise

from snippet_images.errors import UsageError
from tests.verify_snippets.nightly.test_news import SLIP, failing, news
from tests.webhook import SECRET, Webhook, open_webhook
from verify_snippets.nightly.sending import VARIABLE, read_addresses, send

NEWS = news([failing("a"), failing("b")])


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with open_webhook() as opened:
        yield opened


class _Mailbox:
    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        self.mails.append((envelope, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


def test_a_webhook_hears_of_it_once(webhook: Webhook) -> None:
    pauses: list[float] = []
    (delivery,) = send(NEWS, read_addresses([webhook.url, webhook.url], {}), pause=pauses.append)
    assert (delivery.trouble, pauses) == ("", [])
    (body,) = webhook.bodies
    assert body["title"] == "acme: 2 new failures"
    assert "2 cards: the pipeline `summarization` was removed in transformers 5.0" in body["message"]


def test_mail_arrives() -> None:
    mailbox = _Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        url = f"mailto://127.0.0.1:{port}?from=night@example.org&to=morning@example.org"
        (delivery,) = send(NEWS, read_addresses([url], {}))
    finally:
        controller.stop()
    assert delivery.trouble == ""
    ((envelope, mail),) = mailbox.mails
    assert envelope.rcpt_tos == ["morning@example.org"]
    assert mail["Subject"] == "acme: 2 new failures"
    assert "2 cards: the pipeline" in mail.get_body(("html", "plain")).get_content()


def test_what_is_refused_is_tried_again(webhook: Webhook) -> None:
    webhook.refusals = 2
    pauses: list[float] = []
    (delivery,) = send(NEWS, read_addresses([webhook.url], {}), pause=pauses.append)
    assert delivery.trouble == ""
    assert len(webhook.bodies) == 1
    assert pauses == [2.0, 10.0]


def test_what_can_not_be_delivered_is_told_without_what_is_secret(
    webhook: Webhook, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    webhook.refusals = 9
    with caplog.at_level(logging.INFO):
        failed, arrived = send(
            NEWS,
            read_addresses([f"json://user:{SECRET}@127.0.0.1:9/{SECRET}", webhook.url], {}),
            pause=lambda _: None,
        )
    assert "onnection error" in failed.trouble
    assert "503" in arrived.trouble or "Service" in arrived.trouble
    assert failed.name == "JSON (address 1)"
    shown = [failed.trouble, failed.name, arrived.trouble, *capfd.readouterr()]
    assert all(SECRET not in text for text in shown)
    assert "127.0.0.1" not in failed.trouble
    assert "notification" not in caplog.text


def test_addresses_come_from_the_command_line_a_file_and_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "addresses"
    file.write_text("# who is to know\n\n  json://one.example  \njson://two.example\n")
    environ = {VARIABLE: "json://three.example\njson://one.example"}
    found = read_addresses([f"@{file}", "json://four.example"], environ)
    assert [address.url for address in found] == [
        f"json://{host}.example" for host in ("one", "two", "four", "three")
    ]
    assert read_addresses([], {}) == ()


@pytest.mark.parametrize("url", [f"nosuch://{SECRET}", SECRET, f"slack://{SECRET}", f"json://?{SECRET}"])
def test_a_bad_address_is_refused_and_not_shown(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError) as refused:
        read_addresses(["json://good.example", url], {})
    assert SECRET not in f"{refused.value} {refused.value.hint} {capfd.readouterr()}"
    assert "--notify" in refused.value.message


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        read_addresses([f"@{tmp_path}/none"], {})


def test_a_card_can_not_call_the_members_of_a_chat(webhook: Webhook) -> None:
    calling = replace(failing("a", cause=SLIP), title="@everyone", reason="<!channel> <@123>")
    send(news([calling]), read_addresses([webhook.url], {}))
    (body,) = webhook.bodies
    assert "everyone" in body["message"]
    assert not re.search("@everyone|<!channel|<@", body["message"])


def test_a_message_is_no_longer_than_the_service_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, str]] = []

    def notify(_: Apprise, **told: str) -> bool:
        sent.append(told)
        return True

    monkeypatch.setattr(Apprise, "notify", notify)  # the real one would speak to Discord
    (address,) = read_addresses(["discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"], {})
    slips = [replace(failing(f"m{n}", cause=SLIP), reason=f"slip {n}") for n in range(300)]
    send(news([*slips, failing("broken-by-a-release")]), [address])
    (told,) = sent
    assert len(told["body"]) <= address.plugin.body_maxlen == 2000
    assert "acme/broken-by-a-release line 5: the pipeline" in told["body"]
