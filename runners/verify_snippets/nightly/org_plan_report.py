"""The plan of a night, for people and for machines: what would run, what would not, and why. Pure."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from verify_snippets.clean import one_line
from verify_snippets.nightly.agenda import Due, Held
from verify_snippets.nightly.costs import HOUR_S, Expected, Yardstick, dollars_text, together
from verify_snippets.nightly.due import Why
from verify_snippets.nightly.org_plan import OrgPlan
from verify_snippets.report.layout import put
from verify_snippets.report.quantities import counted

_FIRST_SHOWN = 10
_DETAILS_SHOWN = 5
_NO_PRICE = "price not known"


@dataclass(frozen=True, kw_only=True)
class _Group:
    """Models that are due for the same reason."""

    why: Why
    due: Sequence[Due]

    @property
    def expected(self) -> Expected:
        return together(one.expected for one in self.due)

    @property
    def estimated(self) -> int:
        """How many have no figures of their own."""
        return sum(one.expected.estimated for one in self.due)


def _groups(due: Iterable[Due]) -> list[_Group]:
    found = list(due)
    return [_Group(why=why, due=of) for why in Why if (of := [one for one in found if one.why is why])]


# --- for people


def draw(plan: OrgPlan, console: Console) -> None:
    """The plan as tables: reasons, hardware, what comes first, what stays as it is."""
    agenda, yardstick = plan.agenda, plan.yardstick
    console.print(
        Text(one_line(f"{plan.listing.name}: {counted(len(plan.listing.models), 'model')}"), "bold")
    )
    for remark in plan.remarks:
        put(Text(one_line(remark), "yellow"), console)
    if agenda.due:
        console.print()
        put(_reasons(agenda.due, yardstick), console)
        console.print()
        if together(one.expected for one in agenda.due).by_profile:
            put(_hardware(agenda.due, yardstick), console)
            console.print()
        _draw_first(agenda.due, console)
    left_alone = [*_left_alone(plan)]
    if left_alone:
        console.print()
    for line in left_alone:
        put(Text(one_line(line)), console)
    console.print()
    put(Text(one_line(_in_one_sentence(plan)), "bold"), console)


def _reasons(due: Sequence[Due], yardstick: Yardstick) -> Table:
    drawn = _table("would run because", "models", "one by one", "on this host")
    for group in _groups(due):
        no_figures = f"{group.estimated} with no figures yet" if group.estimated else ""
        drawn.add_row(
            Text(str(group.why)),
            Text(f"{len(group.due):,}"),
            Text(_about(group.expected)),
            Text(_time_text(yardstick.wall_s(group.expected)) if group.expected.by_profile else ""),
            Text(no_figures, "dim"),
        )
        for detail, count in _details(group):
            drawn.add_row(Text(f"  {one_line(detail)}", "dim"), Text(f"{count:,}", "dim"))
    return drawn


def _details(group: _Group) -> list[tuple[str, int]]:
    """What most of a group's models have in common; nothing where each is there for itself."""
    if group.why not in (Why.SURROUNDINGS, Why.LIBRARIES, Why.REPOS):
        return []
    return Counter(one.detail for one in group.due if one.detail).most_common(_DETAILS_SHOWN)


def _hardware(due: Sequence[Due], yardstick: Yardstick) -> Table:
    drawn = _table("hardware", "time", "an hour", "on the Hub")
    for profile, seconds in sorted(together(one.expected for one in due).by_profile.items()):
        price = yardstick.prices.get(profile)
        drawn.add_row(
            Text(profile),
            Text(_time_text(seconds)),
            Text(_NO_PRICE if price is None else dollars_text(price)),
            Text("" if price is None else dollars_text(seconds / HOUR_S * price)),
        )
    return drawn


def _table(first: str, *others: str) -> Table:
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    drawn.add_column(first)
    for header in others:
        drawn.add_column(header, justify="right", no_wrap=True)
    drawn.add_column("")
    return drawn


def _draw_first(due: Sequence[Due], console: Console) -> None:
    console.print(Text("the first of them", "bold"))
    for one in due[:_FIRST_SHOWN]:
        why = f"{one.why} ({one.detail})" if one.detail else str(one.why)
        waited = "; it had no room last night" if one.carried_over else ""
        put(Text("  " + one_line(f"{one.model.repo_id}: {why}{waited}")), console)
    if len(due) > _FIRST_SHOWN:
        console.print(Text(f"  and {len(due) - _FIRST_SHOWN:,} more", "dim"))


def _left_alone(plan: OrgPlan) -> Iterator[str]:
    agenda = plan.agenda
    if agenda.later:
        later = counted(len(agenda.later), "model")
        yield f"{later} due, too, beyond the budget: the next night begins with them"
    for why, count in Counter(one.why for one in (*agenda.holds, *agenda.impossible)).items():
        yield f"{counted(count, 'model')} left alone: {why}"
    for missing in plan.listing.missing:
        yield f"{missing.repo_id} can't be listed: {missing.reason}"


def _in_one_sentence(plan: OrgPlan) -> str:
    due = plan.agenda.due
    if not due:
        return "nothing would run"
    expected = together(one.expected for one in due)
    if not expected.by_profile:
        return f"{counted(len(due), 'model')} would run: how long that takes, the first night shows"
    dollars = plan.yardstick.dollars(expected)
    cost = "" if dollars is None else f", or {dollars_text(dollars)} on the Hub's hardware"
    took = _time_text(plan.yardstick.wall_s(expected))
    return f"{counted(len(due), 'model')} would run: about {took} on this host{cost}"


def _about(expected: Expected) -> str:
    if not expected.by_profile:
        return "not known"
    return f"{'about ' if expected.estimated else ''}{_time_text(expected.seconds)}"


def _time_text(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


# --- for machines


def render_json(plan: OrgPlan) -> str:
    """The plan as JSON: every model with its reason, seconds and US dollars; null for what nobody knows."""
    return json.dumps(_document(plan), indent=2, ensure_ascii=False) + "\n"


def _document(plan: OrgPlan) -> dict[str, Any]:
    agenda, yardstick = plan.agenda, plan.yardstick
    whole = together(one.expected for one in agenda.due)
    is_known = bool(whole.by_profile) or not agenda.due
    return {
        "target": plan.listing.name,
        "models": len(plan.listing.models),
        "remarks": list(plan.remarks),
        "due": [_due(one) for one in agenda.due],
        "later": [_due(one) for one in agenda.later],
        "unchanged": [one.model.repo_id for one in agenda.holds],
        "not_readable": [_held(one) for one in agenda.impossible],
        "missing": [{"repo_id": one.repo_id, "reason": one.reason} for one in plan.listing.missing],
        "hardware": [
            {"profile": name, "seconds": round(seconds, 1), "usd_per_hour": yardstick.prices.get(name)}
            for name, seconds in sorted(whole.by_profile.items())
        ],
        "seconds": round(whole.seconds, 1) if is_known else None,
        "seconds_on_this_host": round(yardstick.wall_s(whole), 1) if is_known else None,
        "usd_on_the_hub": _rounded(yardstick.dollars(whole)) if is_known else None,
    }


def _due(one: Due) -> dict[str, Any]:
    return {
        "repo_id": one.model.repo_id,
        "revision": one.model.revision,
        "why": one.why.name.lower(),
        "detail": one.detail,
        "carried_over": one.carried_over,
        "seconds": round(one.expected_s, 1) if one.expected.by_profile else None,
        "estimated": one.expected.estimated,
    }


def _held(one: Held) -> dict[str, str]:
    return {"repo_id": one.model.repo_id, "why": one.why.name.lower()}


def _rounded(dollars: float | None) -> float | None:
    return None if dollars is None else round(dollars, 4)
