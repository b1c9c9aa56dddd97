"""Marks of the living and the dead."""

import subprocess
import sys

from snippet_sandbox.owner import is_abandoned, own_mark


def test_own_mark_is_alive() -> None:
    """Nobody sweeps a run that goes on."""
    assert not is_abandoned(own_mark())


def test_a_dead_process_has_abandoned_its_things() -> None:
    """Its mark outlives it."""
    code = "from snippet_sandbox.owner import own_mark; print(own_mark())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert is_abandoned(done.stdout.strip())


def test_a_process_id_used_again_is_another_process() -> None:
    """The moment of its start tells them apart."""
    machine, pid, started = own_mark().split("_")
    assert is_abandoned(f"{machine}_{pid}_{int(started) - 5000}")


def test_other_machines_and_strange_marks_are_left_alone() -> None:
    """What can't be judged from here is not ours to remove."""
    assert not is_abandoned("othermachine_1_1")
    assert not is_abandoned("")
    assert not is_abandoned("nonsense")
