"""A package that the code needs and the card never names: its install line is added."""

from collections.abc import Iterator

from verify_snippets import packages
from verify_snippets.causes import Cause
from verify_snippets.cures.model import Patient, Proposal


def missing_package(patient: Patient) -> Iterator[Proposal]:
    """The one package that brings the module, if there is no doubt which that is."""
    if not patient.has(Cause.UNDECLARED_DEPENDENCY):
        return
    module = patient.about("module").partition(".")[0]
    package = packages.bringing(module) if module else patient.about("package")
    if package and packages.is_well_known(package):  # whatever an exception's text may say
        needs = f"`{module}` is imported" if module else f"`{package}` is needed"
        yield Proposal(
            cure="missing-package",
            sentence=f"{needs} and the card never says to install it: `{package}` is added",
            packages=(package,),
        )
