"""Tables of words, written as rows that people can read."""


def word_table(*rows: str) -> frozenset[str]:
    """The words of all rows, which blanks part."""
    return frozenset(word for row in rows for word in row.split())
