"""What a repo's community tab holds on the test Hub: discussions, and pull requests among them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A comment, or a change of status.

    Attributes:
        author: name of the user.
        text: of the comment; empty for a change of status.
        status: the new one; empty for a comment.
    """

    author: str
    text: str = ""
    status: str = ""


@dataclass(kw_only=True)
class Discussion:
    """A thread of the community tab: what its author says, and what followed.

    Attributes:
        number: from 1.
        author: name of the user.
        title: in one line.
        body: the comment it begins with.
        status: ``open``, ``closed`` or ``merged``.
        edits: how often the body was edited.
        replies: in their order.
    """

    number: int
    author: str
    title: str
    body: str
    status: str = "open"
    edits: int = 0
    replies: list[Reply] = field(default_factory=list)

    def reply(self, author: str, text: str) -> Reply:
        """Somebody's comment."""
        self.replies.append(Reply(author=author, text=text))
        return self.replies[-1]

    def change_status(self, author: str, status: str) -> Reply:
        """Close it, or open it again."""
        self.status = status
        self.replies.append(Reply(author=author, status=status))
        return self.replies[-1]


@dataclass(kw_only=True)
class PullRequest(Discussion):
    """A pull request: a discussion, and the commits on its own branch.

    Attributes:
        commits: subject and hash of each.
    """

    commits: list[tuple[str, str]] = field(default_factory=list)

    @property
    def ref(self) -> str:
        """Its branch."""
        return f"refs/pr/{self.number}"
