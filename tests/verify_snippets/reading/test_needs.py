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


def _needs(card: str) -> list[tuple[int, ...]]:
    return [snippet.needs for snippet in read_snippets(read_blocks(card), repo_id=None, metadata={})]


CLONE = "```bash\ngit clone https://h/acme/tiny\n```\n"


def test_shell_variables() -> None:
    card = (
        "```bash\nout=preds\nexport N=3\npython a.py\n```\n```bash\npython b.py $out --n ${N} --m $M\n```\n"
    )
    assert _needs(card)[1] == (0,)


def test_a_variable_set_in_the_block_itself_needs_nobody() -> None:
    card = "```bash\nout=preds\n```\n```bash\nout=x\necho $out\n```\n"
    assert _needs(card)[1] == ()


def test_a_file_of_a_clone_under_the_same_headings() -> None:
    block = "```python\nfrom PIL import Image\nImage.open('./imgs/a.png')\n```\n"
    assert _needs(f"# A\n## Get\n{CLONE}## Use\n{block}")[1] == (0,)
    assert _needs(f"# A\n{CLONE}# B\n## Use\n{block}")[1] == (0,)
    assert _needs(f"# A\n## Get\n{CLONE}# B\n{block}")[1] == ()


def test_a_module_of_a_clone_that_is_shown_further_on() -> None:
    assert _needs(f"```bash\npython -m tinypkg.serve\n```\n{CLONE}")[0] == (1,)


def test_a_block_that_enters_the_folder_itself_needs_no_other_to_do_so() -> None:
    enter = "```bash\ncd tiny\n```\n"
    assert _needs(f"{CLONE}{enter}```bash\npython run.py\n```\n")[2] == (0, 1)
    assert _needs(f"{CLONE}{enter}```bash\ncd tiny\npython run.py\n```\n")[2] == (0,)


def test_what_training_is_told_to_write_is_read_later() -> None:
    card = (
        "```python\nfrom t import Args, train\ntrain(Args(output_dir='./out'))\n```\n"
        "```python\nfrom t import load\nload('out/checkpoint-1')\n```\n"
    )
    assert _needs(card)[1] == (0,)


def test_an_import_comes_from_the_block_that_others_build_on() -> None:
    main = "```python\nfrom t import Model, Tool\nmodel = Model()\n```\n"
    variant = "```python\nfrom t import Tool\nprint(Tool)\n```\n"
    card = f"{main}{variant}```python\nmodel.run()\n```\n```python\ntool = Tool()\n```\n"
    assert _needs(card)[3] == (0,)


def test_a_server_in_a_comment_is_not_asked() -> None:
    serve = "```bash\npython api.py --port 80\n```\n"
    assert _needs(f"{serve}```python\nimport t\nt.get('http://localhost:80')\n```\n")[1] == (0,)
    assert _needs(f"{serve}```python\nimport t\n# t.get('http://localhost:80')\nt.run()\n```\n")[1] == ()


def test_of_several_clones_the_one_of_the_modules_name() -> None:
    other = "```bash\ngit clone https://h/acme/other\n```\n"
    assert _needs(f"{CLONE.replace('tiny', 'tiny-tool')}{other}```bash\npython -m tiny_tool.run\n```\n")[
        2
    ] == (0,)
    assert _needs(f"{CLONE}{other}```bash\npython run.py\n```\n")[2] == (1,)


def test_a_checkout_needs_its_clone() -> None:
    assert _needs(f"{CLONE}```bash\ngit checkout v1\n```\n")[1] == (0,)


def test_of_two_ways_to_download_the_same_the_first_is_taken() -> None:
    """They stand one below the other; what stands between them makes them two things."""
    text = (
        "```sh\nhuggingface-cli download acme/big --local-dir ./big\n```\n\nor\n\n"
        "```sh\nmodelscope download acme/big --local_dir ./big\n```\n\n"
        "```sh\npython generate.py --ckpt_dir ./big\n```\n"
    )
    snippets = read_snippets(read_blocks(text), repo_id=None, metadata={})
    assert snippets[2].needs == (0,)
