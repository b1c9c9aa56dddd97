"""The pytest plugin: each snippet of a card is one of pytest's items.

pytest loads this module in every environment that has verify-snippets. It imports nothing else of the project
before a card is asked for, with ``--card`` or by the setting ``card_files``.
"""

import pytest

from verify_snippets.kind import Kind

GROUP = "model cards (verify-snippets)"
CARD_OPTIONS = {
    "profile": "Hardware to run under, named as the Hub names its flavors; may be given again, and then each "
    "snippet is an item under each. Default: the smallest that the card and its files ask for.",
    "repo-id": "The repo that a local card stands for.",
    "revision": "Branch, tag or commit on the Hub. Default: main.",
    "engine": "Where snippets run: docker, podman or bubblewrap. Default: the first that answers.",
    "timeout": "Seconds for one snippet, together with the blocks it needs. Default: 600.",
    "web": "Which web hosts snippets may speak to: public, hub, none, or HOST[,HOST...]. Default: public.",
}
"""What can be said with ``--card-NAME``, or with the setting of that name and underscores."""
CARD_FLAGS = {
    "fresh": "Run everything, also what an earlier run found out and nothing has changed of.",
    "hub-code": 'Run the Hub\'s own "Use this model" code, too.',
    "strict-output": "Hold another output than the card shows against the card.",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options and settings."""
    group = parser.getgroup("cards", GROUP)
    group.addoption(
        "--card",
        action="append",
        default=[],
        dest="cards",
        metavar="TARGET",
        help="Run the snippets of a model card: a repo on the Hub, a local folder, or a README.md. May be "
        "given again. Named without other paths, cards are all that is run.",
    )
    for name, about in CARD_OPTIONS.items():
        many = name == "profile"
        group.addoption(
            f"--card-{name}", action="append" if many else "store", metavar=name.upper(), help=about
        )
        if many:
            parser.addini(setting(name), about, type="args", default=[])
        else:
            parser.addini(setting(name), about, type="string", default="")
    for name, about in CARD_FLAGS.items():
        group.addoption(f"--card-{name}", action="store_true", help=about)
        parser.addini(setting(name), about, type="bool", default=False)
    parser.addini(
        "card_files",
        "Markdown files whose snippets are collected where pytest comes upon them, such as README.md",
        type="linelist",
        default=[],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Announce the marks, and do the rest only where there are cards."""
    for mark in marks():
        config.addinivalue_line("markers", mark)
    if config.getoption("cards") or config.getini("card_files"):
        from verify_snippets.pytest_plugin.cards import CardPlugin

        config.pluginmanager.register(CardPlugin(config), "verify-snippets-cards")


def setting(name: str) -> str:
    """The name in a configuration file of an option ``--card-NAME``."""
    return f"card_{name.replace('-', '_')}"


def mark_of(kind: Kind) -> str:
    """The mark of the snippets of one kind."""
    return f"card_{kind.replace('-', '_')}"


def marks() -> list[str]:
    """Every mark that items are given, as pytest's list of them wants it."""
    run = [kind for kind in Kind if kind.is_python or kind is Kind.SHELL_RUN]
    kinds = [f"{mark_of(kind)}: a snippet of the kind {kind}" for kind in run]
    return [
        "card: a snippet of a model card",
        *kinds,
        "card_profile(name): the hardware that a card's snippet runs under",
    ]
