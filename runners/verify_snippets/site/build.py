"""The whole site from a store: the pages first, and last the one that leads to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from verify_snippets.report.html import render
from verify_snippets.site import pages
from verify_snippets.site.data import data_script
from verify_snippets.site.facts import Facts, Model, gather
from verify_snippets.site.folder import SiteFolder, open_folder
from verify_snippets.site.history import RUNS, histories
from verify_snippets.store import Store

_INDEX, _DATA = "index.html", "assets/data.js"


@dataclass(frozen=True, kw_only=True)
class Built:
    """What was done: how many models it shows, and what became of the files."""

    models: int
    written: int
    unchanged: int
    removed: int


def build(store: Store, out: Path, *, hub: str) -> Built:
    """Write the site into ``out``; what did not change since the last time is left as it is.

    Args:
        store: what to show.
        out: a new or an empty folder, or one that a site was written into before.
        hub: the Hub's address, which models' pages link to.

    Raises:
        UsageError: the folder can't be used.
        InfrastructureError: the disk or the store let us down; what stood there still works.
    """
    facts = gather(store)
    with open_folder(out) as folder:
        folder.announce(_paths(facts))
        for path, text in pages.assets().items():
            folder.write(path, text)
        for cause in facts.groups:
            folder.write(_cause_path(cause.group.slug), pages.cause(cause))
        for model in facts.models:
            _write_model(store, folder, model, hub)
        data = data_script(facts)
        folder.write(_DATA, data)
        folder.write(_INDEX, pages.index(facts, data_digest=pages.short_digest(data)))
        folder.finish()
    return Built(
        models=len(facts.models),
        written=folder.written,
        unchanged=folder.unchanged,
        removed=folder.removed,
    )


def _paths(facts: Facts) -> Iterator[str]:
    yield from pages.assets()
    yield from (_INDEX, _DATA)
    yield from (_cause_path(cause.group.slug) for cause in facts.groups)
    for model in facts.models:
        yield _model_path(model)
        if model.visit:
            yield _report_path(model)


def _write_model(store: Store, folder: SiteFolder, model: Model, hub: str) -> None:
    """A model's page, and the report of its last run; neither is made anew without need."""
    has_report = model.visit is not None and _write_report(store, folder, model)
    made_of = _made_of(model, hub, has_report)
    if folder.keep(_model_path(model), made_of):
        return
    runs = store.past_runs(model.repo_id, limit=RUNS * len(model.standings)) if model.standings else []
    page = pages.model(model, histories(model, runs), hub=hub, has_report=has_report)
    folder.write(_model_path(model), page, made_of)


def _write_report(store: Store, folder: SiteFolder, model: Model) -> bool:
    """Whether there is a report."""
    path, made_of = _report_path(model), pages.short_digest(pages.digest(), repr(model.visit))
    if folder.keep(path, made_of):
        return True
    last = store.last_report(model.repo_id)
    if last is None:
        return False
    folder.write(path, render(last[0]), made_of)
    return True


def _made_of(model: Model, hub: str, has_report: bool) -> str:
    """Of all that a model's page is made of; its standings change with each run that it draws."""
    listed = model.stored.listed
    own = (listed.repo_id, listed.revision, listed.library, listed.task)
    card = (model.stored.card, model.stored.card_reason)
    shown = (own, card, model.standings, model.claims, model.visit, hub, has_report)
    return pages.short_digest(pages.digest(), repr(shown))


def _model_path(model: Model) -> str:
    return f"models/{model.page}.html"


def _report_path(model: Model) -> str:
    return f"reports/{model.page}.html"


def _cause_path(slug: str) -> str:
    return f"causes/{slug}.html"
