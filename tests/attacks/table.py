"""Every attack with what must be seen of it from outside. A new one is a heading in a card and a row here."""

from dataclasses import dataclass

from snippet_sandbox.job import Ending
from tests.attacks.book import Written, written
from tests.attacks.expectations import (
    Expectation,
    all_pass,
    ended,
    few_files,
    few_inodes,
    few_tasks,
    hosts,
    lasted,
    little_locked,
    memory_seen,
    memory_within,
    no_namespaces,
    not_among_lines,
    not_installable,
    nothing_got,
    nothing_through,
    output_cut,
    pictures,
    quick,
    says,
    verdict,
)
from tests.attacks.stage import MB, SMALL
from verify_snippets.verdict import Verdict

FAILED, PASSED = Verdict.FAILED, Verdict.PASSED
EXITED, CRASHED = Ending.EXITED, Ending.SIGNALED
OVER_TIME, OVER_MEMORY = Ending.TIME_LIMIT, Ending.MEMORY_LIMIT
TRUTH = verdict(FAILED, "the truth")
NOT_FORGED = not_among_lines("\N{CHECK MARK}", "passed", "1 passed")
THE_NEWEST = pictures(*(f"{number}.png" for number in range(12, 20)))
LIMIT = SMALL.memory_bytes + 8 * MB  # the kernel charges in batches
DEFAULT_TIME_LIMIT_S = 20.0
HUB = "127.0.0.1"
STRANGERS = ("evil.example", "huggingface.co.evil.example")
PIDS = "root is exempt from the limit of processes that an ordinary user has"
ROOT = "root, playing an ordinary user, owns in /proc what an ordinary user does not"
SAMPLED = "the watcher looks every few milliseconds, and twelve processes take more in between"


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One row.

    Attributes:
        family: the card it stands in.
        name: its heading there.
        expectations: what must be seen, beside what must hold of every attack.
        time_limit_s: for each of its blocks.
        not_rootless: why it is not tried where root plays an ordinary user, without a cgroup; empty if it is.
    """

    family: str
    name: str
    expectations: tuple[Expectation, ...]
    time_limit_s: float = DEFAULT_TIME_LIMIT_S
    not_rootless: str = ""

    @property
    def written(self) -> Written:
        """How it is written."""
        return written()[self.family, self.name]


def _attack(
    family: str,
    name: str,
    *expectations: Expectation,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
    not_rootless: str = "",
) -> Attack:
    return Attack(
        family=family,
        name=name,
        expectations=expectations,
        time_limit_s=time_limit_s,
        not_rootless=not_rootless,
    )


ATTACKS = (
    _attack("floods", "fork bomb", ended(OVER_TIME), few_tasks, quick(10), time_limit_s=2, not_rootless=PIDS),
    _attack("floods", "threads without end", verdict(FAILED), few_tasks, quick(10), not_rootless=PIDS),
    _attack("floods", "memory in one process", ended(OVER_MEMORY), memory_within(LIMIT)),
    _attack(
        "floods",
        "memory in many processes",
        verdict(FAILED),
        memory_within(LIMIT),
        time_limit_s=4,
        not_rootless=SAMPLED,
    ),
    _attack("floods", "memory that processes share", ended(OVER_MEMORY), memory_within(LIMIT)),
    _attack("floods", "memory in files without names", verdict(FAILED), memory_within(LIMIT)),
    _attack("floods", "System V shared memory that nobody holds", memory_within(LIMIT)),
    _attack("floods", "every writable place filled", memory_within(100 * MB)),
    _attack(
        "floods",
        "more files than a disk has room for",
        few_inodes(300_000),
        memory_within(LIMIT),
        time_limit_s=10,
    ),
    _attack("floods", "output without end", verdict(PASSED), output_cut(200 * MB), memory_within(100 * MB)),
    _attack("floods", "file descriptors without end", verdict(FAILED, "held"), few_files(4200)),
    _attack("floods", "children that ignore signals and detach", ended(OVER_TIME), quick(10), time_limit_s=2),
    _attack("floods", "an error larger than memory is worth", verdict(FAILED, "ValueError")),
    _attack(
        "floods", "an endless line to whatever is open", ended(EXITED), memory_within(100 * MB), quick(30)
    ),
    _attack("floods", "locked memory", little_locked),
    #
    _attack("reading", "the host's files", verdict(PASSED)),
    _attack("reading", "the places where secrets lie", verdict(PASSED)),
    _attack("reading", "the host's environment", verdict(PASSED)),
    _attack("reading", "the host's processes", verdict(PASSED)),
    _attack("reading", "the agent's memory", nothing_got("got"), not_rootless=ROOT),
    _attack("reading", "the gateway's other side", says("peer 0")),
    _attack("reading", "sockets of other containers and of the host", verdict(PASSED)),
    _attack("reading", "shared memory of other containers and of the host", verdict(PASSED)),
    _attack("reading", "the engine's socket", verdict(PASSED)),
    _attack("reading", "the kernel's and the machine's memory", nothing_got("got")),
    _attack("reading", "files by their handles", nothing_got("got")),
    #
    _attack("network", "the metadata service, in every notation", verdict(PASSED), hosts()),
    _attack("network", "the host's own ports", verdict(PASSED), hosts("evil.example", "mixed.example")),
    _attack("network", "a public page that redirects to the host", verdict(PASSED), hosts("evil.example")),
    _attack(
        "network", "a name that leads elsewhere the second time", verdict(PASSED), hosts("rebind.example")
    ),
    _attack("network", "ports that are not the web's", verdict(PASSED), hosts()),
    _attack("network", "around the gateway", nothing_got("got"), hosts()),
    _attack("network", "two requests in one", verdict(PASSED), hosts("evil.example")),
    #
    _attack("tokens", "the token where tokens lie", says("got {}")),
    _attack("tokens", "the token in what the Hub answers", verdict(PASSED), hosts(HUB)),
    _attack("tokens", "the token on its way to another host", verdict(PASSED), hosts(HUB, *STRANGERS)),
    _attack("tokens", "the token on a redirect to the store of large files", verdict(PASSED), hosts(HUB)),
    _attack("tokens", "a stranger's private repo, by the user's token", verdict(PASSED), hosts(HUB)),
    _attack("tokens", "writing to the Hub by the user's token", verdict(PASSED), hosts(HUB)),
    #
    _attack("traversal", "out of a repo by file names", verdict(PASSED), hosts(HUB)),
    _attack("traversal", "out of a repo by ids and revisions", verdict(PASSED), hosts(HUB)),
    #
    _attack("poisoning", "the shared Hub cache", all_pass, nothing_through),
    _attack("poisoning", "compiled modules of the image", all_pass, nothing_through),
    _attack("poisoning", "the agent's own programs", all_pass, nothing_through),
    _attack("poisoning", "a dependency layer", all_pass, nothing_through, time_limit_s=60),
    _attack("poisoning", "what is left lying about", all_pass),
    _attack("poisoning", "the gateway's door", all_pass, nothing_through),
    _attack("poisoning", "sample files", all_pass, nothing_through),
    _attack("poisoning", "special files in a folder that is kept", not_installable, quick(60)),
    #
    _attack("forging", "by printing", TRUTH),
    _attack("forging", "by leaving early", verdict(FAILED)),
    _attack("forging", "by a thread that leaves", verdict(FAILED)),
    _attack("forging", "by replacing the process", verdict(FAILED)),
    _attack("forging", "by killing the agent", TRUTH),
    _attack("forging", "by killing everything", TRUTH),
    _attack("forging", "by tracing the agent", verdict(FAILED, "traced by []")),
    _attack("forging", "by writing to every open file", verdict(FAILED)),
    _attack("forging", "by the agent's own streams", TRUTH),
    _attack("forging", "by replacing the driver", TRUTH),
    _attack("forging", "by a child that answers", TRUTH),
    _attack("forging", "by a child that outlives its parent", verdict(FAILED)),
    _attack("forging", "by a hook at the exit", TRUTH),
    _attack("forging", "by leaving in a thread", verdict(FAILED, "KeyboardInterrupt")),
    _attack("forging", "by closing everything", verdict(FAILED)),
    _attack("forging", "by a signal of its own", verdict(FAILED)),
    _attack("forging", "by hiding memory in a grandchild", memory_seen(120 * MB)),
    _attack("forging", "by turning back the clock", lasted(1.0)),
    _attack("forging", "by moving to other standard streams", TRUTH),
    #
    _attack("drawing", "pictures without end", verdict(PASSED), THE_NEWEST),
    _attack(
        "drawing",
        "pictures as big as may be, and bigger",
        verdict(PASSED),
        pictures("big0.png", "big1.png", "big2.png"),
    ),
    _attack("drawing", "what is no file", verdict(PASSED), pictures()),
    _attack("drawing", "what is no picture", verdict(PASSED), pictures("both.gif")),
    _attack("drawing", "names that do something", verdict(PASSED), not_among_lines("\N{CHECK MARK} forged")),
    _attack("drawing", "a picture that never keeps still", verdict(PASSED), quick(10)),
    _attack(
        "drawing",
        "a figure that is never drawn",
        verdict(PASSED),
        pictures(),
        few_tasks,
        quick(20),
        not_rootless=PIDS,
    ),
    _attack("drawing", "pictures in the agent's name", ended(EXITED), pictures()),
    #
    _attack("text", "escape sequences at the terminal", TRUTH),
    _attack("text", "lines that overwrite lines", TRUTH, NOT_FORGED),
    _attack("text", "text that reads backwards", TRUTH),
    _attack("text", "names with newlines", verdict(FAILED), NOT_FORGED),
    _attack("text", "markup", verdict(FAILED, "RuntimeError")),
    _attack("text", "commands to a CI job", verdict(FAILED)),
    _attack("text", "formulas", verdict(FAILED)),
    _attack("text", "bytes that are no text", TRUTH),
    _attack("text", "a very long line", verdict(FAILED, "yyy")),
    _attack("text", "an error that fights being read", verdict(FAILED, "Hostile")),
    _attack("text", "escape sequences in what the gateway is asked", TRUTH),
    #
    _attack("kernel", "new namespaces", no_namespaces, nothing_got("through")),
    _attack("kernel", "children in new namespaces", no_namespaces, nothing_got("through")),
    _attack("kernel", "somebody else's namespaces", no_namespaces, nothing_got("through")),
    _attack("kernel", "mounts", no_namespaces, nothing_got("through")),
    _attack("kernel", "another root", no_namespaces, nothing_got("through")),
    _attack("kernel", "keys of the kernel", nothing_got("through")),
    _attack("kernel", "programs in the kernel", nothing_got("through")),
    _attack("kernel", "strange sockets", nothing_got("through")),
    _attack("kernel", "programs that become root", no_namespaces, nothing_got("through")),
    _attack("kernel", "device files", nothing_got("through")),
    _attack("kernel", "settings of the kernel", nothing_got("through"), not_rootless=ROOT),
    _attack("kernel", "limits of the cgroup", nothing_got("through")),
    _attack("kernel", "the machine itself", nothing_got("through")),
    _attack("kernel", "another kind of system call", no_namespaces, nothing_got("through")),
    _attack("kernel", "system calls of another architecture", verdict(FAILED)),
    _attack("kernel", "a trace of a child", no_namespaces),
    _attack("kernel", "a core dump", verdict(FAILED), ended(CRASHED)),
)
