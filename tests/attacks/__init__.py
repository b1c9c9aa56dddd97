"""Attacks on the sandbox, its gateway and its reports, each a block of a model card.

``cards/`` holds the attacks as people would meet them, ``table`` what must be seen of each from outside,
``stage`` the world that they find. ``python -m tests.attacks`` prints what was seen.
"""
