"""Which changes are offered: those whose snippet passes, and that do no harm elsewhere."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from snippet_images.errors import InfrastructureError
from snippet_images.progress import Progress
from verify_snippets import card_file, fixing, trying
from verify_snippets.card import Card, Source
from verify_snippets.causes import Cause
from verify_snippets.fixed import Fixed
from verify_snippets.options import Options
from verify_snippets.plan import Plan, Step
from verify_snippets.prepare import this_host
from verify_snippets.report import build
from verify_snippets.report.model import CauseReport, ErrorReport, Report, RunReport
from verify_snippets.verdict import Verdict

PASSED = RunReport(
    profile="cpu-basic", verdict=Verdict.PASSED, reason="ran", versions={"python": "3.11"}, duration_s=1
)


def failed(message: str, cause: Cause = Cause.CARD_BUG, **subjects: str) -> RunReport:
    return RunReport(
        profile="cpu-basic",
        verdict=Verdict.FAILED,
        reason=message,
        cause=CauseReport(kind=cause, subjects=subjects),
        error=ErrorReport(type="Error", message=message),
    )


def undefined(name: str) -> RunReport:
    return failed(f"name '{name}' is not defined")


class Silent:
    """A screen that shows nothing."""

    def show(self, progress: Progress) -> None: ...

    def say(self, text: str) -> None: ...

    def planned(self, plan: Plan) -> None: ...

    def started(self, step: Step) -> None: ...

    def finished(self, step: Step, run: RunReport) -> None: ...


World = Callable[[str, Step], RunReport]


@pytest.fixture
def mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, World], Fixed]:
    """Mend a card in a world that says of code how it fares."""

    def start(text: str, world: World) -> Fixed:
        def verify_plan(plan: Plan, *_: object, **__: object) -> Report:
            runs = [(step.snippet, world("\n".join(step.codes), step)) for step in plan.steps]
            circumstances = build.Circumstances(
                tool_version="1",
                started_at="",
                duration_s=1,
                complete=True,
                engine=build.NO_ENGINE,
                host=this_host(),
                web="public",
            )
            return build.report(plan, runs, circumstances)

        monkeypatch.setattr(fixing, "verify_plan", verify_plan)
        monkeypatch.setattr(trying, "verify_plan", verify_plan)
        card = tmp_path / "README.md"
        card.write_text(text)
        return fixing.fix(str(card), Options(), Silent(), cancel=threading.Event())

    return start


Mend = Callable[[str, World], Fixed]


def python(*codes: str) -> str:
    return "# T\n" + "".join(f"\n```python\n{code}\n```\n" for code in codes)


def test_what_still_fails_is_not_offered(mend: Mend) -> None:
    fixed = mend(python("print(json.dumps(1))"), lambda *_: undefined("json"))
    assert (fixed.diff, fixed.report.repairs, fixed.report.exit_code) == ("", (), 1)
    assert [each.line for each in fixed.unmended] == [3]


def test_cures_are_tried_one_after_the_other_and_offered_as_one(mend: Mend) -> None:
    def world(code: str, _: Step) -> RunReport:
        missing = [name for name in ("json", "math", "re") if f"import {name}\n" not in code]
        return undefined(missing[0]) if missing else PASSED

    fixed = mend(python("print(json, math, re)"), world)
    (repair,) = fixed.report.repairs
    assert fixed.mended.text.splitlines()[3:6] == ["import re", "import math", "import json"]
    assert repair.sentence.count(";") == 2
    assert (repair.duration_s, repair.versions) == (1, {"python": "3.11"})
    assert fixed.report.exit_code == 0


def test_a_snippet_is_given_up_after_four_cures(mend: Mend) -> None:
    names = ["json", "math", "re", "os", "io"]

    def world(code: str, _: Step) -> RunReport:
        missing = [name for name in names if f"import {name}\n" not in code]
        return undefined(missing[0]) if missing else PASSED

    assert mend(python(f"print({', '.join(names)})"), world).diff == ""


def test_what_breaks_another_snippet_is_not_offered(mend: Mend) -> None:
    def world(code: str, step: Step) -> RunReport:
        if "einops" in step.snippet.requirements and "einops" not in step.snippet.code:
            return failed("another numpy")
        needs = "einops" in code and "einops" not in step.snippet.requirements
        return failed("no", Cause.UNDECLARED_DEPENDENCY, module="einops") if needs else PASSED

    text = "# Install\n\n```bash\npip install numpy\n```\n" + python(
        "import numpy", "import einops\nimport numpy"
    )
    fixed = mend(text, world)
    assert (fixed.diff, fixed.report.exit_code) == ("", 1)


def test_what_is_freed_by_a_repair_is_told_with_it(mend: Mend) -> None:
    def world(code: str, step: Step) -> RunReport:
        if "import json" in code:
            return PASSED
        told = undefined("json")
        return told if len(step.codes) == 1 else told.model_copy(update={"verdict": Verdict.BLOCKED})

    fixed = mend(python("settings = json.loads('{}')", "print(settings)"), world)
    (repair,) = fixed.report.repairs
    assert repair.snippets == ("L3", "L7")
    assert not fixed.unmended


def test_each_repair_has_a_diff_of_its_own_against_the_card(mend: Mend) -> None:
    def world(code: str, _: Step) -> RunReport:
        name = "json" if "json" in code else "math"
        return PASSED if f"import {name}" in code else undefined(name)

    fixed = mend(python("json.dumps(1)", "math.pi"), world)
    first, second = fixed.report.repairs
    assert ("+import json" in first.diff, "+import math" in first.diff) == (True, False)
    assert ("+import json" in second.diff, "+import math" in second.diff) == (False, True)
    assert "+import json" in fixed.diff
    assert "+import math" in fixed.diff


def test_our_own_trouble_in_a_trial_is_no_repair(mend: Mend) -> None:
    def world(code: str, _: Step) -> RunReport:
        if "import json" in code:
            return PASSED.model_copy(update={"verdict": Verdict.BROKEN})
        return undefined("json")

    assert mend(python("json.dumps(1)"), world).diff == ""


def test_trouble_that_stops_everything_is_said(mend: Mend) -> None:
    def world(code: str, _: Step) -> RunReport:
        if "import json" in code:
            raise InfrastructureError("the engine went away", hint="start it again")
        return undefined("json")

    with pytest.raises(InfrastructureError):
        mend(python("json.dumps(1)"), world)


# --- the file


def card_of(path: Path) -> Card:
    data = path.read_bytes()
    return Card(
        text=data.decode(errors="replace"),
        sha256=hashlib.sha256(data).hexdigest(),
        source=Source.FILE,
        location=str(path),
    )


def test_a_card_is_written_as_a_whole_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb")
    path.chmod(0o640)
    link = tmp_path / "link.md"
    link.symlink_to(path)
    card = card_of(link)
    card_file.write(card, replace(card, text=card.text.replace("b", "c")))
    assert path.read_bytes() == b"\xef\xbb\xbfa\r\nc"
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()


@pytest.mark.parametrize(("before", "now", "why"), [(b"a", b"b", "meantime"), (b"a\xff", b"a\xff", "UTF-8")])
def test_a_card_that_would_lose_something_is_left_alone(
    tmp_path: Path, before: bytes, now: bytes, why: str
) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(before)
    card = card_of(path)
    path.write_bytes(now)
    with pytest.raises(Exception, match=why):
        card_file.write(card, replace(card, text="new"))
    assert path.read_bytes() == now
