"""Pages from templates, in which every text is a stranger's until it is marked as our own."""

import jinja2

from verify_snippets.report.html.text import finalize, told
from verify_snippets.report.quantities import bytes_text, seconds_text


def environment_for(package: str) -> jinja2.Environment:
    """What makes pages from the templates of a package: all text is escaped, and nothing may be missing.

    Args:
        package: with a folder ``templates``.
    """
    made = jinja2.Environment(
        loader=jinja2.PackageLoader(package),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"bytes": bytes_text, "seconds": seconds_text, "told": told}
    return made
