"""What runs first."""

from verify_snippets import needs
from verify_snippets.blocks import read_blocks
from verify_snippets.snippets import Snippet, read_snippets


def _read(*codes: str) -> tuple[Snippet, ...]:
    card = "\n\nText.\n\n".join(f"```python\n{code}\n```" for code in codes)
    return read_snippets(read_blocks(card), repo_id=None, metadata={})


def test_what_is_needed_runs_first_and_once() -> None:
    snippets = _read("a = f()\ndef f(): return 1", "b = [a]", "c = [a, b]", "print(a, b, c)")
    assert needs.run_order(snippets, 3) == (0, 1, 2)
    assert needs.run_order(snippets, 0) == ()


def test_the_nearest_above_gives_the_name() -> None:
    snippets = _read("x = 1", "x = 2", "print(x)", "x = 3")
    assert snippets[2].needs == (1,)


def test_a_name_may_come_from_further_down() -> None:
    assert _read("print([later])", "later = 1")[0].needs == (1,)


def test_a_cycle_is_cut() -> None:
    snippets = _read("a = [b]", "b = [a]")
    assert snippets[0].needs == (1,)
    assert snippets[1].needs == (0,)
    assert needs.run_order(snippets, 0) == (1,)


def test_shell_blocks_are_needed_but_not_run_before() -> None:
    card = "```bash\ngit clone https://h/a/tiny\n```\n\nThen\n\n```python\nimport local_thing\n```\n"
    snippets = read_snippets(read_blocks(card), repo_id=None, metadata={})
    assert snippets[1].needs == (0,)
    assert needs.run_order(snippets, 1) == ()


def test_a_long_chain_is_followed() -> None:
    snippets = _read("x0 = [1]", *(f"x{n} = [x{n - 1}]" for n in range(1, 1200)))
    assert needs.run_order(snippets, 1199) == tuple(range(1199))
