"""One row at least in every table: what dumps of stores hold."""

from dataclasses import replace

from tests.verify_snippets.store import values
from tests.verify_snippets.store.values import DAY, NOW
from verify_snippets.store import Store
from verify_snippets.store.records import CardState, ClaimStanding, Movable, Visit
from verify_snippets.verdict import Verdict

VISIT = Visit(
    repo_id="acme/tiny",
    revision="a" * 40,
    surroundings="s" * 64,
    movable=Movable(releases={"torch>=2": "2.13.0"}, repos={"acme/base": "b" * 40}, hosts=("example.org",)),
    ended_at=NOW,
    night=1,
    snippets=2,
    ran=2,
    duration_s=9.0,
)
RUNS = (
    values.run(under="k1", verdict=Verdict.FAILED, night=1),
    values.run(under="k1", attempt=2, at=NOW + DAY, night=1),
    values.run(values.key(lineage="print('ü')"), under="k2", at=NOW + 2 * DAY),
)


def fill(store: Store) -> None:
    """Put one night and what came of it into a new store."""
    store.seen([values.listed("acme/tiny", 7), values.listed("gpt2")], at=NOW, whole=True, owner="acme")
    store.end_card(values.card_end("gpt2", card=CardState.NO_CARD, card_reason="it has none"))
    night = values.begun(store).number
    for run in RUNS:
        standing = replace(values.standing(run.snippet), kind="python", sketch="1f 2e")
        store.add_run(run, standing, [values.change(night)])
    store.end_card(values.card_end(visit=VISIT))
    store.add_report("acme/tiny", "a" * 40, values.report(), night=night, at=NOW)
    store.put_claims(
        [ClaimStanding(repo_id="gpt2", kind="memory", quote="1 GB", line=3, verdict="confirmed", since=NOW)]
    )
    store.carry_over(["gpt2"])
    with store.lock("process 1 on host"):
        store.end_night(night, at=NOW + DAY, counts={"models": 2}, exit_code=1)
    store.night_told(night, at=NOW + DAY)
