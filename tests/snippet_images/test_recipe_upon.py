"""What runs inside an image while another is built upon it, on small folders."""

from pathlib import Path

from snippet_images import recipe_upon


def test_a_distribution_that_is_being_installed(tmp_path: Path) -> None:
    """Its folder is there before its name is: it isn't counted yet, and nothing breaks."""
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    (packages / "half-1.0.dist-info").mkdir(parents=True)
    whole = packages / "whole-1.0.dist-info"
    whole.mkdir()
    (whole / "METADATA").write_text("Metadata-Version: 2.1\nName: Whole\nVersion: 1.0\n")
    found = recipe_upon.installed(tmp_path, ["half", "whole"])
    assert [each.metadata["Name"] for each in found] == ["Whole"]
