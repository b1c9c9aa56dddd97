"""What is said of the libraries that a snippet ran with."""

from snippet_images.built import BuiltImage
from snippet_sandbox.job import Ending, Measurement
from snippet_sandbox.layer import Layer
from verify_snippets.run import used_versions

IMAGE = BuiltImage(
    name="cpu",
    reference="cpu:k",
    key="k",
    python_version="3.11.2",
    versions={"python-dateutil": "2.9", "torch": "2.13.0", "setuptools": "84.2"},
    modules={"dateutil": ["python-dateutil"], "functorch": ["torch"], "_distutils_hack": ["setuptools"]},
)


def measured(*modules: str) -> Measurement:
    return Measurement(ending=Ending.EXITED, exit_code=0, python_version="3.11.2", modules=modules)


def test_the_image_knows_which_library_brings_a_module() -> None:
    found = used_versions(measured("dateutil", "functorch"), IMAGE, Layer())
    assert found == {"python": "3.11.2", "python-dateutil": "2.9", "torch": "2.13.0"}


def test_what_was_installed_on_top_goes_before_what_the_image_holds() -> None:
    layer = Layer(versions={"torch": "2.12.0", "humanize": "4.1"})
    found = used_versions(measured("functorch", "humanize"), IMAGE, layer)
    assert found == {"python": "3.11.2", "torch": "2.12.0", "humanize": "4.1"}


def test_what_every_python_loads_says_nothing_of_a_snippet() -> None:
    assert used_versions(measured("_distutils_hack"), IMAGE, Layer()) == {"python": "3.11.2"}
