"""Cures: changes to a snippet that mend what is known to go wrong. Pure; running shows whether one helps.

A new cure is a module with a function and a row in ``CURES``.
"""

from collections.abc import Iterator

from verify_snippets.cures.cpu_device import cpu_device
from verify_snippets.cures.hub_download import hub_download
from verify_snippets.cures.missing_import import missing_import
from verify_snippets.cures.missing_package import missing_package
from verify_snippets.cures.model import Cure, Patient, Proposal
from verify_snippets.cures.older_version import older_version
from verify_snippets.cures.own_repo import own_repo
from verify_snippets.cures.renamed_argument import renamed_argument
from verify_snippets.cures.renamed_name import renamed_name
from verify_snippets.cures.syntax import syntax

CURES: dict[str, Cure] = {
    "syntax": syntax,
    "missing-package": missing_package,
    "renamed-argument": renamed_argument,
    "renamed-name": renamed_name,
    "hub-download": hub_download,
    "missing-import": missing_import,
    "own-repo": own_repo,
    "cpu-device": cpu_device,
    "older-version": older_version,
}
"""In the order in which they are tried."""


def propose(patient: Patient) -> Iterator[Proposal]:
    """What may mend a snippet; a snippet that passed asks for nothing but its placeholders."""
    for name, cure in CURES.items():
        if name == "own-repo" or not patient.passed:
            yield from cure(patient)


def certain(patient: Patient) -> Iterator[Proposal]:
    """What reading alone shows to be right."""
    return (proposal for proposal in propose(patient) if proposal.is_certain)
