"""What may be expected of an attack: small statements about what was seen from outside.

Each returns what was seen, in a few words for the table, or raises ``NotHeldError``.
"""

import json
import re
from collections.abc import Callable

from snippet_sandbox.agent.album import media_type_of
from snippet_sandbox.job import PICTURE_BYTES, PICTURES, Ending
from tests.attacks.stage import MB, Seen
from tests.attacks.witness import NAMESPACES, Sighting
from tests.verify_snippets.report import inert
from verify_snippets.report import FORMATS
from verify_snippets.verdict import Verdict

Expectation = Callable[[Seen], str]
LOCKED_BYTES = 8 * MB + 8192  # what kernels since 5.16 let anybody lock
# two streams of a megabyte each, every byte escaped, and as much again; and pictures, in base64
REPORT_BYTES = 12 * MB + PICTURES * PICTURE_BYTES * 4 // 3
UNCONNECTED = {
    "lo",
    "tunl0",
    "sit0",
    "ip6tnl0",
    "gre0",
    "gretap0",
    "erspan0",
    "ip_vti0",
    "ip6_vti0",
    "ip6gre0",
}
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_UNSEEMLY = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class NotHeldError(AssertionError):
    """An attack got through."""


def expect(holds: object, seen: object) -> None:
    """Say what was seen instead."""
    if not holds:
        raise NotHeldError(str(seen)[:1000])


def everywhere(seen: Seen) -> None:
    """What must hold whatever an attack was about."""
    for check in (_secrets_kept, _nothing_left, _walls_stand, _host_unchanged, _gateway_fine):
        check(seen)
    _reports_sound(seen)
    _pictures_sound(seen)


def _secrets_kept(seen: Seen) -> None:
    measured = [run.ran.measurement for run in seen.runs if run.ran.measurement]
    said = [text for it in measured for text in (it.stdout, it.stderr)]
    drawn = [picture.data for it in measured for picture in it.pictures]
    for secret, place in seen.secrets.items():
        expect(not any(secret in text for text in (*said, *seen.formats.values())), f"out came {place}")
        expect(not any(secret.encode() in data for data in drawn), f"in a picture came {place}")
    expect(not any(seen.token in request for request in seen.asked), "the token went to another host")
    expect(not any(token for *_, token, lfs in seen.hub if lfs), "the token went to the store of large files")


def _nothing_left(seen: Seen) -> None:
    expect(not seen.left, f"processes left: {seen.left}")


def _walls_stand(seen: Seen) -> None:
    """Namespaces, root folder, mounts and privileges are those that the container began with."""
    for container in (run.container for run in seen.runs if run.container):
        agent = container.agent_seen
        expect(agent.tracers == {"0"}, f"the agent was traced by {agent.tracers}")
        for pid, process in container.processes.items():
            _walls_of(pid, process, agent)
        expect("lo" in container.interfaces and container.interfaces <= UNCONNECTED, container.interfaces)


def _walls_of(pid: int, process: Sighting, agent: Sighting) -> None:
    expect(process.namespaces <= agent.namespaces, f"{pid}: {process.namespaces - agent.namespaces}")
    expect(process.roots <= agent.roots, f"{pid} has another root folder")
    expect(process.mounts <= agent.mounts, f"{pid} sees {process.mounts} mounts and not {agent.mounts}")
    expect(process.capabilities <= {0}, f"{pid} has the capabilities {process.capabilities}")
    expect(process.uids <= agent.uids, f"{pid} is {process.uids - agent.uids} and not {agent.uids}")
    expect(all(adj >= 0 for adj in process.oom_score_adj), f"{pid}: oom_score_adj {process.oom_score_adj}")
    # at 1, and at no other limit, the kernel starts no program of the host's that takes cores
    expect(process.core_limits <= {"1"}, f"{pid} may dump {process.core_limits} bytes")
    expect(process.most_locked_bytes <= LOCKED_BYTES, f"{pid} locked {process.most_locked_bytes:,} bytes")
    own_objects = {"anon_inode:[eventpoll]", "anon_inode:[eventfd]", "anon_inode:[pidfd]"}
    expect(process.objects <= own_objects, f"{pid} holds {process.objects - own_objects}")


def _host_unchanged(seen: Seen) -> None:
    expect(not seen.changed, f"changed: {'; '.join(seen.changed)}")
    expect(not seen.reached, f"the host's own sockets were reached: {seen.reached}")
    expect(not seen.foreign, f"the gateway connected to {sorted(seen.foreign)}")
    written = [(method, path) for method, path, _, _ in seen.hub if method not in ("GET", "HEAD")]
    expect(not [w for w in written if "/paths-info/" not in w[1]], f"the Hub was asked to change: {written}")


def _gateway_fine(seen: Seen) -> None:
    expect(not seen.trouble, f"the gateway had trouble: {seen.trouble}")
    expect(not seen.logged, f"shown on the user's terminal: {seen.logged}")


def _reports_sound(seen: Seen) -> None:
    """Reports can be read, are of a bearable size, and hold nothing that does something to who reads them."""
    for name, text in seen.formats.items():
        expect(len(text.encode()) <= REPORT_BYTES, f"the {name} report has {len(text.encode()):,} bytes")
        if name in FORMATS:
            acting = inert.acting(name, text)
            expect(not acting, f"the {name} report holds what acts: {acting}")
    told = json.loads(seen.formats["json"])
    verdicts = [run["verdict"] for snippet in told["snippets"] for run in snippet["runs"]]
    expect(verdicts == [run.told.verdict for run in seen.runs], verdicts)
    for name in ("terminal", "colours"):
        plain = _COLOURS.sub("", seen.formats[name]) if name == "colours" else seen.formats[name]
        unseemly = _UNSEEMLY.findall(plain.replace("\n", ""))
        expect(not unseemly, f"the {name} report holds {sorted(set(unseemly))}")
    page = seen.formats["html"]
    unseemly = _UNSEEMLY.findall(page.replace("\n", "").replace("\t", ""))
    expect(not unseemly, f"the page holds {sorted(set(unseemly))}")
    expect(page.lower().count("<script") == 1, "the page holds a script that is not its own")


def _pictures_sound(seen: Seen) -> None:
    """Few and small, each of a type that it has, under a name that does nothing to who reads it."""
    for run in seen.runs:
        found = run.ran.measurement.pictures if run.ran.measurement else ()
        expect(len(found) <= PICTURES, f"{len(found)} pictures")
        for picture in found:
            expect(len(picture.data) <= PICTURE_BYTES, f"{picture.name} has {len(picture.data):,} bytes")
            expect(
                media_type_of(picture.data) == picture.media_type, f"{picture.name}: {picture.data[:12]!r}"
            )
            plain = picture.name.isprintable() and not {"/", "\\"} & set(picture.name)
            expect(plain, f"a picture is called {picture.name!r}")


# --- statements of single attacks


def verdict(wanted: Verdict, error: str = "") -> Expectation:
    """The last block's verdict; for a failure the text that its error must have, type or message."""

    def check(seen: Seen) -> str:
        told = seen.run.told
        expect(told.verdict == wanted, f"{told.verdict}: {told.reason}")
        if error:
            expect(told.error, f"no error: {told.reason}")
            expect(told.error and error in f"{told.error.type}: {told.error.message}", told.error)
        return f"{wanted}{f' ({error})' if error else ''}"

    return check


def ended(*endings: Ending) -> Expectation:
    """How the host saw it end."""

    def check(seen: Seen) -> str:
        expect(seen.run.measured.ending in endings, seen.run.measured.ending)
        return f"ended: {seen.run.measured.ending}"

    return check


def quick(limit_s: float) -> Expectation:
    """How long all of it may take, from outside."""

    def check(seen: Seen) -> str:
        expect(seen.took_s <= limit_s, f"it took {seen.took_s:.1f} s")
        return f"{seen.took_s:.1f} s"

    return check


def few_tasks(seen: Seen) -> str:
    """Processes and threads stay within the profile; the agent has as many threads of its own."""
    most = seen.run.watched.most_tasks
    expect(most <= seen.profile.pids + 16, f"{most} tasks at a time")
    return f"at most {most} tasks"


def memory_within(limit_bytes: int) -> Expectation:
    """The high-water mark of everything the kernel charges to the container, or what else was measured."""

    def check(seen: Seen) -> str:
        memory = seen.run.measured.memory
        peak = memory.cgroup_bytes or (memory.anonymous_bytes or 0) + (memory.file_bytes or 0)
        expect(peak, f"nothing was measured: {memory}")
        expect(peak <= limit_bytes, f"{peak / MB:.0f} MB")
        return f"peak {peak / MB:.0f} MB"

    return check


def memory_seen(least_bytes: int) -> Expectation:
    """Anonymous memory that the host must have seen."""

    def check(seen: Seen) -> str:
        peak = seen.run.measured.memory.anonymous_bytes or 0
        expect(peak >= least_bytes, f"{peak / MB:.0f} MB")
        return f"saw {peak / MB:.0f} MB"

    return check


def lasted(least_s: float) -> Expectation:
    """Time that the host must have seen pass."""

    def check(seen: Seen) -> str:
        expect(seen.run.measured.duration_s >= least_s, f"{seen.run.measured.duration_s:.2f} s")
        return f"lasted {seen.run.measured.duration_s:.2f} s"

    return check


def few_inodes(limit: int) -> Expectation:
    """Files and folders in all writable places together."""

    def check(seen: Seen) -> str:
        most = seen.run.watched.most_inodes
        expect(most <= limit, f"{most:,} inodes")
        return f"at most {most:,} inodes"

    return check


def few_files(limit: int) -> Expectation:
    """Files that one process holds open."""

    def check(seen: Seen) -> str:
        most = max(process.most_files for process in seen.run.watched.processes.values())
        expect(most <= limit, f"{most:,} open files")
        return f"at most {most:,} open files"

    return check


def little_locked(seen: Seen) -> str:
    """Memory that one process holds locked."""
    most = max(process.most_locked_bytes for process in seen.run.watched.processes.values())
    expect(most <= LOCKED_BYTES, f"{most:,} bytes locked")
    return f"locked {most:,} bytes"


def output_cut(least_bytes: int) -> Expectation:
    """What was written is counted, and hardly any of it kept."""

    def check(seen: Seen) -> str:
        measured = seen.run.measured
        expect(measured.stdout_bytes >= least_bytes, f"{measured.stdout_bytes:,} bytes counted")
        expect(len(measured.stdout) < 1.1 * MB and len(measured.stderr) < 1.1 * MB, "all of it kept")
        return f"kept {len(measured.stdout):,} of {measured.stdout_bytes:,} bytes"

    return check


def nothing_got(word: str) -> Expectation:
    """What the attack says of its own success, where that can't be seen from outside: nothing."""

    def check(seen: Seen) -> str:
        first = seen.runs[0].measured
        expect(first.stdout.rstrip().endswith(f"{word} []"), first.stdout[-500:] or first.stderr[-500:])
        return f"{word} nothing"

    return check


def nothing_through(seen: Seen) -> str:
    """The first block changed nothing of what it tried to."""
    said = seen.runs[0].measured.stdout
    expect("through" not in said, said[-500:])
    return "nothing changed"


def all_pass(seen: Seen) -> str:
    """Every block passes: what the first has left, the next does not find."""
    for run in seen.runs:
        expect(run.told.verdict == Verdict.PASSED, f"{run.ran.step.snippet.id}: {run.told.reason}")
    return f"{len(seen.runs)} blocks passed"


def pictures(*names: str) -> Expectation:
    """What of it comes out as a picture."""

    def check(seen: Seen) -> str:
        found = sorted(picture.name for picture in seen.run.measured.pictures)
        expect(found == sorted(names), found)
        return f"pictures: {', '.join(found) or 'none'}"

    return check


def says(text: str) -> Expectation:
    """Something that can only be seen inside, and must be there."""

    def check(seen: Seen) -> str:
        expect(text in seen.run.measured.stdout, seen.run.measured.stdout[-500:])
        return text

    return check


def hosts(*allowed: str) -> Expectation:
    """Whom the gateway spoke to for it, by its own ledger."""

    def check(seen: Seen) -> str:
        contacted = {host for run in seen.runs for host in run.told.contacts.hosts}
        refused = {host for run in seen.runs for host in run.told.contacts.refused_hosts}
        expect(contacted <= {*allowed}, f"contacted {contacted}")
        return f"spoke to {', '.join(sorted(contacted)) or 'nobody'}; {len(refused)} hosts refused"

    return check


def not_among_lines(*forged: str) -> Expectation:
    """No line of a report for people begins with what only we say."""

    def check(seen: Seen) -> str:
        for name in ("terminal", "colours"):
            lines = _COLOURS.sub("", seen.formats[name]).splitlines()
            found = [line for line in lines if line.startswith(forged)]
            expect(not found, f"the {name} report has the lines {found}")
        return "no line forged"

    return check


def no_namespaces(seen: Seen) -> str:
    """No process was ever in a namespace that it was not put into."""
    seen_in = {kind for p in seen.run.watched.processes.values() for kind, _ in p.namespaces}
    expect(seen_in == set(NAMESPACES), f"only {seen_in} could be seen")
    return f"{len(seen.run.watched.processes)} processes, all in their namespaces"


def not_installable(seen: Seen) -> str:
    """What the card says to install is at fault: it fails before anything of it is run."""
    told = seen.run.told
    expect(told.verdict == Verdict.FAILED and seen.run.ran.not_installable, f"{told.verdict}: {told.reason}")
    return f"refused: {seen.run.ran.not_installable}"
