"""The whole site from a real store: complete, made anew only where need be, deaf to what strangers wrote."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from snippet_images.errors import InfrastructureError
from tests.verify_snippets.report.html_reader import Reader
from tests.verify_snippets.site.attacks import embitter
from tests.verify_snippets.site.fill import FIRST_NIGHT, fill
from verify_snippets.cli import main
from verify_snippets.site import pages, rendering
from verify_snippets.site.build import Built, build
from verify_snippets.site.folder import MANIFEST
from verify_snippets.store import Store, open_store

HUB = "https://hub.example"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'night.db'}") as opened:
        fill(opened, models=40, nights=10, with_runs=3)
        yield opened


def written(store: Store, out: Path) -> Built:
    return build(store, out, hub=HUB)


def html_files(out: Path) -> dict[str, str]:
    return {str(path.relative_to(out)): path.read_text() for path in out.rglob("*.html")}


def test_every_link_within_leads_to_a_page(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    built = written(store, out)
    assert built.models == 40
    found = html_files(out)
    assert len([path for path in found if path.startswith("models/acme/")]) == 40
    assert len([path for path in found if path.startswith("reports/acme/")]) == 3
    for path, text in found.items():
        if path.startswith("reports/"):
            continue
        reader = Reader(text)
        for address in (*reader.values("href"), *reader.values("src")):
            parts = urlsplit(address)
            if parts.scheme:
                assert address.startswith((HUB, "data:"))
            elif parts.path:
                assert (out / path).parent.joinpath(unquote(parts.path)).is_file(), (path, address)


def test_a_second_time_nothing_is_written_and_a_change_touches_its_own_pages(
    store: Store, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    written(store, out)
    assert written(store, out).written == 0
    standing = store.standings()[0]
    later = FIRST_NIGHT + timedelta(days=99)
    store.put_standings([replace(standing, last_ran_at=later)])
    stamps = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    assert written(store, out).written == 3  # not the list of all models: its state is the same
    changed = {str(p.relative_to(out)) for p, stamp in stamps.items() if p.stat().st_mtime_ns != stamp}
    assert changed - {MANIFEST} == {
        "index.html",
        "assets/data.js",
        f"models/{standing.key.repo_id}.html",
    }


def test_a_model_that_is_gone_loses_its_pages(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    written(store, out)
    left = [model.listed for model in store.models()][1:]
    store.seen(left, at=FIRST_NIGHT + timedelta(days=99), whole=True, owner="acme")
    assert written(store, out).models == 39
    assert len(list((out / "models/acme").iterdir())) == 39


def test_private_models_are_left_out_if_so_wished(store: Store, tmp_path: Path) -> None:
    failing = next(change.repo_id for change in store.changes(night=store.nights()[0].number))
    listed = [replace(m.listed, private=m.listed.repo_id == failing) for m in store.models()]
    store.seen(listed, at=FIRST_NIGHT, whole=False, owner=None)
    assert build(store, tmp_path / "out", hub=HUB, public_only=True).models == 39
    texts = [path.read_text() for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert not [text for text in texts if failing in text]
    assert written(store, tmp_path / "all").models == 40


def test_killed_before_the_end_the_first_page_leads_to_what_is_there(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    written(store, out)
    before = (out / "index.html").read_text()
    left = [model.listed for model in store.models()][1:]
    store.seen(left, at=FIRST_NIGHT + timedelta(days=99), whole=True, owner="acme")
    monkeypatch.setattr(pages, "index", _killed)
    with pytest.raises(KeyboardInterrupt):
        written(store, out)
    assert (out / "index.html").read_text() == before
    assert len(list((out / "models/acme").iterdir())) == 40
    monkeypatch.undo()
    assert written(store, out).removed >= 1


def _killed(*_: object, **__: object) -> str:
    raise KeyboardInterrupt


def test_other_processes_make_the_same_pages(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(store, tmp_path / "here")
    monkeypatch.setattr(rendering, "_FEW", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    written(store, tmp_path / "there")
    assert html_files(tmp_path / "there") == html_files(tmp_path / "here")


def test_a_process_that_dies_is_told_of(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "_FEW", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(rendering, "_serve", _dies)
    with pytest.raises(InfrastructureError, match="was ended"):
        written(store, tmp_path / "out")


def _dies(_: Connection) -> None:
    os._exit(9)


def test_an_empty_store_makes_a_page_that_says_so(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'empty.db'}") as store:
        assert written(store, tmp_path / "out").models == 0
    assert "No model is in the store yet." in Reader((tmp_path / "out/index.html").read_text()).text


def test_the_command_says_where_to_open_it(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["site", str(out), "--store", f"sqlite:///{tmp_path / 'night.db'}"]) == 0
    said = capsys.readouterr()
    assert said.out == f"{out / 'index.html'}\n"
    assert "40 models: " in said.err


def test_nothing_that_strangers_wrote_is_markup(store: Store, tmp_path: Path) -> None:
    embitter(store)
    out = tmp_path / "out"
    written(store, out)
    assert not [path for path in tmp_path.rglob("*") if "passwd" in path.name]
    pages_of_ours = {path: text for path, text in html_files(out).items() if not path.startswith("reports/")}
    assert any("alert(1)" in text for text in pages_of_ours.values())
    for text in pages_of_ours.values():
        reader = Reader(text)
        assert "img" not in reader.tags
        assert set(reader.values("src", "script")) <= {
            source for source in reader.values("src") if re.fullmatch(r"[./]*assets/\w+\.js(\?\w+)?", source)
        }
        assert not [name for _, name, _ in reader.attributes if name.startswith("on")]
        assert "{{ 7*191 }}" in text or "alert" not in text
        assert not re.search("[\u202e\x07]", text)


def test_the_data_is_ascii_that_can_end_no_script(store: Store, tmp_path: Path) -> None:
    embitter(store)
    written(store, tmp_path / "out")
    data = (tmp_path / "out/assets/data.js").read_text(encoding="ascii")
    assert not re.search("[<>&]", data)
    table = json.loads(data.partition("globalThis.verifySnippets=")[2].removesuffix(";\n"))
    columns = ("state", "cause", "library", "task", "hardware", "since", "ran", "time", "downloads")
    assert {len(table[column]) for column in columns} == {len(table["models"])}
    assert any("<script>" in name for name in table["models"])
