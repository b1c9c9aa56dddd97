"""Pages of a package index: what they link to, and the same links on a page of our own.

HTML: https://packaging.python.org/en/latest/specifications/simple-repository-api/ (PEP 503, 592, 658, 714);
JSON: the same page (PEP 691, 700). Only JSON says when a file was uploaded.
"""

import html
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

_KEPT_ATTRIBUTES = ("data-requires-python", "data-yanked", "data-core-metadata", "data-dist-info-metadata")
JSON_TYPE = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True, kw_only=True)
class Link:
    """A file that can be installed.

    Attributes:
        url: where it is; ``http``, ``https`` or ``file``.
        fragment: its hash, such as ``sha256=...``; empty for none.
        attributes: those of PEP 503 and its successors, as written.
        uploaded_at: when its index took it in; None where the index doesn't say.
    """

    url: str
    fragment: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    uploaded_at: datetime | None = None

    @property
    def filename(self) -> str:
        """The file's name."""
        return unquote(urlsplit(self.url).path.rpartition("/")[2])


def links_of_page(body: bytes, content_type: str, url: str) -> list[Link]:
    """All links of an index page, JSON or HTML.

    Raises:
        ValueError: it is neither.
    """
    if "json" in content_type:
        return _links_of_json(json.loads(body), url)
    reader = _Anchors(url)
    reader.feed(body.decode("utf-8", errors="replace"))
    return reader.links


class _Anchors(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._base = url
        self.links: list[Link] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "base" and values.get("href"):
            self._base = urljoin(self._base, values["href"])
        if tag == "a" and values.get("href"):
            url, fragment = urldefrag(urljoin(self._base, values["href"]))
            kept = {name: values[name] for name in _KEPT_ATTRIBUTES if name in values}
            self.links.append(Link(url=url, fragment=fragment, attributes=kept))


def _links_of_json(page: Any, url: str) -> list[Link]:
    try:
        return [_link_of_json(file, url) for file in page["files"]]
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("this is no page of a package index") from error


def _link_of_json(file: Mapping[str, Any], url: str) -> Link:
    attributes = {}
    if file.get("requires-python"):
        attributes["data-requires-python"] = str(file["requires-python"])
    if file.get("yanked") not in (None, False):
        attributes["data-yanked"] = file["yanked"] if isinstance(file["yanked"], str) else ""
    metadata = file.get("core-metadata", file.get("dist-info-metadata"))
    if metadata:
        attributes["data-core-metadata"] = _hash_text(metadata) or "true"
        attributes["data-dist-info-metadata"] = attributes["data-core-metadata"]
    return Link(
        url=urljoin(url, file["url"]),
        fragment=_hash_text(file.get("hashes")),
        attributes=attributes,
        uploaded_at=_moment(file.get("upload-time")),
    )


def _moment(text: Any) -> datetime | None:
    """PEP 700's time of an upload; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _hash_text(hashes: Any) -> str:
    if not isinstance(hashes, Mapping) or not hashes:
        return ""
    name = "sha256" if "sha256" in hashes else next(iter(hashes))
    return f"{name}={hashes[name]}"


def project_of(filename: str) -> str | None:
    """The normalized name of the project that a file belongs to; None if it can't be installed."""
    try:
        if filename.endswith(".whl"):
            return str(parse_wheel_filename(filename)[0])
        return str(parse_sdist_filename(filename)[0])
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None


def is_of_project(link: Link, project: str) -> bool:
    """Whether a link of a find-links page or folder belongs to a project."""
    return project_of(link.filename) == canonicalize_name(project)


def render_page(project: str, links: Iterable[tuple[str, Link]]) -> str:
    """A page of our own, PEP 503: each link under the address given with it."""
    anchors = [_anchor(address, link) for address, link in links]
    title = html.escape(f"Links for {project}")
    head = f'<head><meta name="pypi:repository-version" content="1.1"><title>{title}</title></head>'
    return "\n".join(["<!DOCTYPE html>", "<html>", head, "<body>", *anchors, "</body></html>", ""])


def _anchor(address: str, link: Link) -> str:
    href = address + (f"#{link.fragment}" if link.fragment else "")
    extra = "".join(f' {name}="{html.escape(value)}"' for name, value in link.attributes.items())
    return f'<a href="{html.escape(href)}"{extra}>{html.escape(link.filename)}</a><br/>'
