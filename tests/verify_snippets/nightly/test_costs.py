"""Budgets as people write them, and what running costs."""

import pytest

from snippet_images.errors import UsageError
from snippet_sandbox.profile import GB, PROFILES, Host, HostGpu
from verify_snippets.nightly.costs import Budget, Expected, Yardstick, dollars_text, together

HOST = Host(cpus=8, memory_bytes=64 * GB)
YARDSTICK = Yardstick(host=HOST, catalogue=PROFILES, prices={"cpu-basic": 0.01, "t4-small": 0.40})


@pytest.mark.parametrize(
    ("text", "seconds", "dollars"),
    [
        ("90m", 5400, None),
        ("90 min", 5400, None),
        ("2h", 7200, None),
        ("1h30m", 5400, None),
        ("1.5 hours", 5400, None),
        ("$5", None, 5),
        ("$ 0.50", None, 0.5),
        ("5 USD", None, 5),
        ("12$", None, 12),
    ],
)
def test_a_budget_is_time_or_money(text: str, seconds: float | None, dollars: float | None) -> None:
    assert Budget.parse(text) == Budget(seconds=seconds, dollars=dollars)


@pytest.mark.parametrize(
    "text", ["", "90", "-2h", "h", "2d", "$", "$-1", "€5", "nan m", "1e9h", "5m$", "0m", "$0"]
)
def test_what_is_no_budget_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        Budget.parse(text)


def test_a_host_runs_side_by_side_what_fits() -> None:
    """Four of cpu-basic (2 cores, 16 GB of 64); what is larger, or unknown, takes all of it."""
    assert YARDSTICK.wall_s(Expected(by_profile={"cpu-basic": 400})) == 100
    assert YARDSTICK.wall_s(Expected(by_profile={"a10g-large": 100, "quantum-large": 10})) == 110


def test_a_host_runs_as_many_side_by_side_as_it_has_gpus() -> None:
    """Of those that are large enough."""
    t4, a10g = (HostGpu(name="some", memory_bytes=gb * GB) for gb in (16, 24))
    host = Host(cpus=64, memory_bytes=512 * GB, gpu_devices=(t4, a10g))
    yardstick = Yardstick(host=host, catalogue=PROFILES, prices={})
    assert yardstick.wall_s(Expected(by_profile={"t4-small": 100, "a10g-small": 10})) == 60


def test_money_is_known_or_not() -> None:
    hours = Expected(by_profile={"cpu-basic": 7200, "t4-small": 1800})
    assert YARDSTICK.dollars(hours) == pytest.approx(0.22)
    assert YARDSTICK.dollars(together([hours, Expected(by_profile={"quantum-large": 1})])) is None


def test_a_budget_ends() -> None:
    """Time by the clock, money by what ran."""
    ran = Expected(by_profile={"t4-small": 3600})
    time, money = Budget(seconds=60), Budget(dollars=0.40)
    assert [time.is_spent(elapsed_s=s, ran=ran, yardstick=YARDSTICK) for s in (59, 60)] == [False, True]
    nothing = Expected(by_profile={})
    assert [money.is_spent(elapsed_s=9e9, ran=r, yardstick=YARDSTICK) for r in (nothing, ran)] == [
        False,
        True,
    ]


def test_money_for_people_is_never_too_little() -> None:
    assert [dollars_text(amount) for amount in (0, 0.004, 0.011, 1, 1234.5)] == [
        "$0.00",
        "under $0.01",
        "$0.02",
        "$1.00",
        "$1,234.50",
    ]
