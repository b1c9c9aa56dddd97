"""What waits for its second run."""

from verify_snippets.nightly.confirming import Waiting


def test_nothing_is_due_before_its_time() -> None:
    now = [0.0]
    waiting: Waiting[str] = Waiting(10.0, clock=lambda: now[0])
    waiting.put("first")
    now[0] = 4.0
    waiting.put("second")
    assert waiting.due() == []
    now[0] = 10.0
    assert waiting.due() == ["first"]
    now[0] = 20.0
    assert waiting.due() == ["second"]
    assert len(waiting) == 0
