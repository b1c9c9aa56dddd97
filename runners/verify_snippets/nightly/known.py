"""What the store holds, as far as it decides what a night has to do."""

from typing import TYPE_CHECKING

from verify_snippets.nightly.agenda import Known

if TYPE_CHECKING:
    from verify_snippets.store.store import Store


def known_of(store: "Store") -> Known:
    """A few statements, however many models there are.

    Raises:
        InfrastructureError: the store doesn't answer.
    """
    return Known(
        models={model.listed.repo_id: model for model in store.models()},
        visits=store.visits(),
        expectations=store.expectations(),
        carried_over=store.carried_over(),
        nights={night.number: night for night in store.nights()},
    )
