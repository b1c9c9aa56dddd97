"""The whole site from a store: the pages first, and last the one that leads to them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from verify_snippets.site import pages
from verify_snippets.site.data import data_script
from verify_snippets.site.facts import Facts, Model, gather
from verify_snippets.site.folder import SiteFolder, open_folder
from verify_snippets.site.history import RUNS
from verify_snippets.site.rendering import Order, rendered
from verify_snippets.store import Store

_INDEX, _LIST, _DATA = "index.html", "models.html", "assets/data.js"
_AT_ONCE = 100  # models whose runs are asked for in one question; their reports are in memory meanwhile


@dataclass(frozen=True, kw_only=True)
class Built:
    """What was done: how many models it shows, and what became of the files."""

    models: int
    written: int
    unchanged: int
    removed: int


def build(store: Store, out: Path, *, hub: str, public_only: bool = False) -> Built:
    """Write the site into ``out``; what did not change since the last time is left as it is.

    Args:
        store: what to show.
        out: a new or an empty folder, or one that a site was written into before.
        hub: the Hub's address, which models' pages link to.
        public_only: whether private models are left out.

    Raises:
        UsageError: the folder can't be used.
        InfrastructureError: the disk or the store let us down; what stood there still works.
    """
    facts = gather(store, public_only=public_only)
    with open_folder(out) as folder:
        folder.announce(_paths(facts))
        for path, text in pages.assets().items():
            folder.write(path, text)
        for cause in facts.groups:
            folder.write(_cause_path(cause.group.slug), pages.cause(cause))
        _write_models(folder, _orders(store, folder, facts, hub), hub)
        data = data_script(facts)
        folder.write(_DATA, data)
        folder.write(_LIST, pages.plain_list(facts))
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
    yield from (_INDEX, _LIST, _DATA)
    yield from (_cause_path(cause.group.slug) for cause in facts.groups)
    for model in facts.models:
        yield _model_path(model)
        if model.visit:
            yield _report_path(model)


def _orders(store: Store, folder: SiteFolder, facts: Facts, hub: str) -> Iterator[Order]:
    """What has to be made of the models' pages and reports: nothing that stands there already."""
    for start in range(0, len(facts.models), _AT_ONCE):
        models = facts.models[start : start + _AT_ONCE]
        orders = [order for model in models if (order := _order(store, folder, model, hub)) is not None]
        drawn = [order.model.repo_id for order in orders if order.runs is not None]
        runs = store.past_runs(drawn, each=RUNS)
        yield from (replace(order, runs=runs.get(order.model.repo_id)) for order in orders)


def _order(store: Store, folder: SiteFolder, model: Model, hub: str) -> Order | None:
    """What has to be made of one model, its runs aside; None for nothing."""
    report_stands = model.visit is not None and folder.keep(_report_path(model), _report_made_of(model))
    last = store.last_report(model.repo_id) if model.visit and not report_stands else None
    has_report = report_stands or last is not None
    page_stands = folder.keep(_model_path(model), _made_of(model, hub, has_report))
    if page_stands and last is None:
        return None
    return Order(
        model=model,
        runs=None if page_stands else (),
        report=last[0] if last else None,
        has_report=has_report,
        hub=hub,
    )


def _write_models(folder: SiteFolder, orders: Iterator[Order], hub: str) -> None:
    with closing(rendered(orders)) as all_made:
        for made in all_made:
            model = made.model
            if made.report is not None:
                folder.write(_report_path(model), made.report, _report_made_of(model))
            if made.page is not None:
                has_report = folder.has(_report_path(model))
                folder.write(_model_path(model), made.page, _made_of(model, hub, has_report))


def _report_made_of(model: Model) -> str:
    return pages.short_digest(pages.digest(), repr(model.visit))


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
