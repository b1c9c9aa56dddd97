"""What is said of a night beforehand."""

import io
import json

from snippet_sandbox.profile import GB, PROFILES, Host
from verify_snippets.nightly.agenda import Agenda, Due, Held, Hold
from verify_snippets.nightly.costs import Expected, Yardstick
from verify_snippets.nightly.due import Why
from verify_snippets.nightly.listing import Listing, Missing
from verify_snippets.nightly.org_plan import OrgPlan
from verify_snippets.nightly.org_plan_report import draw, render_json
from verify_snippets.screen import console_for
from verify_snippets.store.records import ListedModel


def model(name: str) -> ListedModel:
    return ListedModel(repo_id=f"acme/{name}", revision="a" * 40)


def due(name: str, why: Why, seconds: float, *, profile: str = "cpu-basic", **more: object) -> Due:
    estimated = bool(more.pop("estimated", False))
    expected = Expected(by_profile={profile: seconds}, estimated=estimated)
    return Due(model=model(name), why=why, expected=expected, **more)  # type: ignore[arg-type]


WAITED = due("waited", Why.NEW, 30, estimated=True, carried_over=True)
MOVED = due("moved", Why.LIBRARIES, 5400, detail="peft: 0.9 → 1.0", profile="t4-small")
PLAN = OrgPlan(
    listing=Listing(
        name="acme",
        models=tuple(model(str(number)) for number in range(1200)),
        whole=True,
        missing=(Missing(repo_id="acme/typo", reason="there is no such model"),),
    ),
    agenda=Agenda(
        due=(WAITED, MOVED, due("fresh", Why.NEW, 90)),
        later=(due("large", Why.CHANGED, 9000),),
        holds=tuple(Held(model=model(f"h{number}"), why=Hold.UNCHANGED) for number in range(1100)),
        impossible=(Held(model=model("g"), why=Hold.GATED),),
    ),
    yardstick=Yardstick(
        host=Host(cpus=4, memory_bytes=32 * GB),
        catalogue=PROFILES,
        prices={"cpu-basic": 0.01, "t4-small": 0.4},
    ),
    remarks=("the package index does not answer",),
)


def drawn(plan: OrgPlan) -> list[str]:
    console = console_for(io.StringIO())
    console.width = 100
    draw(plan, console)
    assert isinstance(console.file, io.StringIO)
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines() if line.strip()]


def test_people_read_reasons_hardware_and_what_comes_first() -> None:
    """The groups are in the order of the reasons; what has no figures of its own is said to have none."""
    assert drawn(PLAN) == [
        "acme: 1,200 models",
        "the package index does not answer",
        "would run because models one by one on this host",
        "new 2 about 2 min 1 min 1 with no figures yet",
        "newer releases of what it installs 1 1 h 30 min 1 h 30 min",
        "peft: 0.9 → 1.0 1",
        "hardware time an hour on the Hub",
        "cpu-basic 2 min $0.01 under $0.01",
        "t4-small 1 h 30 min $0.40 $0.60",
        "the first of them",
        "acme/waited: new; it had no room last night",
        "acme/moved: newer releases of what it installs (peft: 0.9 → 1.0)",
        "acme/fresh: new",
        "1 model due, too, beyond the budget: the next night begins with them",
        "1,100 models left alone: nothing that its verdicts depend on has changed",
        "1 model left alone: its card is gated, and nobody let us in",
        "acme/typo can't be listed: there is no such model",
        "3 models would run: about 1 h 31 min on this host, or $0.61 on the Hub's hardware",
    ]


def test_a_night_with_nothing_to_do_says_so() -> None:
    nothing = OrgPlan(listing=PLAN.listing, agenda=Agenda(holds=PLAN.agenda.holds), yardstick=PLAN.yardstick)
    assert drawn(nothing)[-1] == "nothing would run"


def test_a_price_that_nobody_knows_is_not_made_up() -> None:
    agenda = Agenda(due=(due("x", Why.NEW, 60, profile="quantum-large"),))
    told = drawn(OrgPlan(listing=PLAN.listing, agenda=agenda, yardstick=PLAN.yardstick))
    assert "quantum-large 1 min price not known" in told
    assert told[-1] == "1 model would run: about 1 min on this host"


def test_before_the_first_night_no_time_is_made_up() -> None:
    unknown = Due(model=model("x"), why=Why.NEW, expected=Expected(by_profile={}, estimated=True))
    plan = OrgPlan(listing=PLAN.listing, agenda=Agenda(due=(unknown,)), yardstick=PLAN.yardstick)
    told, document = drawn(plan), json.loads(render_json(plan))
    assert "new 1 not known 1 with no figures yet" in told
    assert not [line for line in told if line.startswith("hardware")]
    assert told[-1] == "1 model would run: how long that takes, the first night shows"
    assert [document[name] for name in ("seconds", "seconds_on_this_host", "usd_on_the_hub")] == [None] * 3


def test_machines_read_every_model() -> None:
    """With seconds and dollars as numbers."""
    told = json.loads(render_json(PLAN))
    assert told["due"][1] == {
        "repo_id": "acme/moved",
        "revision": "a" * 40,
        "why": "libraries",
        "detail": "peft: 0.9 → 1.0",
        "carried_over": False,
        "seconds": 5400,
        "estimated": False,
    }
    assert [one["repo_id"] for one in told["later"]] == ["acme/large"]
    assert (len(told["unchanged"]), told["not_readable"]) == (1100, [{"repo_id": "acme/g", "why": "gated"}])
    assert told["hardware"][1] == {"profile": "t4-small", "seconds": 5400, "usd_per_hour": 0.4}
    assert (told["models"], told["seconds"]) == (1200, 5520)
    assert (told["seconds_on_this_host"], told["usd_on_the_hub"]) == (5460, 0.6003)
