"""Repos of the Hub, and files in them, that are not there or not for everybody."""

import re
from difflib import SequenceMatcher

from verify_snippets.causes import Cause, Diagnosis
from verify_snippets.pattern import Pattern
from verify_snippets.why.evidence import Evidence, because, first_line

_NO_MODEL = Pattern(
    r"(?<![\w./-])([\w.-]+(?:/[\w.-]+)?) is not a local folder and is not a valid model identifier"
    r"|Can't load (?:the )?(?:\w+ )+(?:for|of) '([\w.-]+/[\w.-]+)'"
)
_LACKS = Pattern(r"path to a directory containing an? (\S+) file")
_NO_FILE = Pattern(
    r"(?<![\w./-])([\w.-]+(?:/[\w.-]+)?) does not appear to have (?:a|any) files? named ([^\s,]+)"
)
_OF_ADDRESS = Pattern(
    r"https?://[^/\s]+/(?:api/(?:models|datasets|spaces)/)?(?:datasets/)?([\w.-]+/[\w.-]+)(?:/(?:resolve|revision|tree)/([^/\s]+)(?:/(\S+?))?)?\.?(?=[\s'\"]|$)"
)
_DATASET = Pattern(r"[Dd]ataset '([\w./-]+)' (?:doesn't exist|is not)")
_GATED = Pattern(r"access a gated repo|Access to (?:model|dataset) \S+ is restricted", re.IGNORECASE)
_NOT_AN_ID = Pattern(r"(?:Repo id must[^:]*|Incorrect path_or_model_id): '([^']*)'")
_ALIKE = 0.85  # of two ids: a letter or two, a hyphen for an underscore, a version left out


def no_access(evidence: Evidence) -> Diagnosis | None:
    """A repo that is gated or private, without a token that may read it."""
    if not _GATED.search(evidence.message) and "GatedRepoError" not in evidence.types:
        return None
    repo = _repo(evidence)
    which = f"`{repo}`" if repo else "a repo that it loads"
    return because(Cause.GATED, f"{which} is gated: this run's token has no access to it", repo=repo)


def no_repo(evidence: Evidence) -> Diagnosis | None:
    """A repo that does not exist, or that only some can see: the Hub doesn't say which."""
    text = evidence.text
    dataset = _DATASET.search(evidence.message)
    told = _NO_MODEL.search(text) is not None or "RepositoryNotFound" in text or dataset is not None
    if not told:
        return None
    repo = dataset[1] if dataset else _repo(evidence)
    what = "dataset" if dataset or "/datasets/" in evidence.message else "repo"
    if not repo:
        return because(
            Cause.WRONG_REPO, f"a repo that it loads does not exist: {first_line(evidence.message)}"
        )
    if repo == evidence.repo_id and repo in evidence.contacts.repos:  # it was read: it is there
        lacks = _LACKS.search(evidence.message)
        file = lacks[1] if lacks else ""
        said = f"the card's own repo `{repo}` has no {f'`{file}`' if file else 'file of what it loads'}"
        return because(Cause.MISSING_INPUT, said, repo=repo, file=file)
    if repo == evidence.repo_id:
        said = f"the card's own repo `{repo}` is not on the Hub, or is private"
        return because(Cause.GATED, said, repo=repo)
    own = evidence.repo_id if is_near(repo, evidence.repo_id) else ""
    also = f"; the card's own is `{own}`" if own else ""
    return because(
        Cause.WRONG_REPO, f"there is no {what} {repo!r} on the Hub{also}", repo=repo, replacement=own
    )


def no_file(evidence: Evidence) -> Diagnosis | None:
    """A file, or a revision, that a repo lacks."""
    found = _NO_FILE.search(evidence.message)
    told = {"EntryNotFoundError", "RemoteEntryNotFoundError", "RevisionNotFoundError"} & evidence.types
    if not found and not told:
        return None
    address = _OF_ADDRESS.search(evidence.message)
    repo = found[1] if found else address[1] if address else ""
    file = found[2].rstrip(".") if found else (address[3] or "").rstrip(".") if address else ""
    if "RevisionNotFoundError" in evidence.types or "is not a valid git identifier" in evidence.message:
        said = f"`{repo}` has no such revision" if repo else "the repo has no such revision"
        return because(Cause.WRONG_REPO, f"{said}: {first_line(evidence.message)}", repo=repo)
    own = evidence.repo_id
    if repo and own and repo != own and is_near(repo, own):
        said = f"it loads `{repo}`, not the card's own `{own}`, and finds no {file or 'such file'} there"
        return because(Cause.WRONG_REPO, said, repo=repo, replacement=own, file=file)
    which = f"`{file}`" if file else "a file that it loads"
    said = f"{which} is not in the repo {repo}".rstrip()
    return because(Cause.MISSING_INPUT, said, repo=repo, file=file)


def no_folder(evidence: Evidence) -> Diagnosis | None:
    """A local folder where a repo's id is expected."""
    found = _NOT_AN_ID.search(evidence.message)
    if not found:
        return None
    path = found[1]
    said = f"{path!r} is neither a repo nor a folder that the card provides"
    return because(Cause.MISSING_INPUT, said, file=path)


def is_near(repo: str, own: str) -> bool:
    """Whether a repo's id is a slip or an old form of another: of its owner, its name, its spelling."""
    plain, plain_own = (re.sub(r"[-_.]+", "-", text.lower()).strip("/ ") for text in (repo, own))
    if not plain or not plain_own:
        return False
    same_name = plain.rpartition("/")[2] == plain_own.rpartition("/")[2]
    return same_name or SequenceMatcher(a=plain, b=plain_own, autojunk=False).ratio() >= _ALIKE


def _repo(evidence: Evidence) -> str:
    """The repo that a message is about."""
    found = _NO_MODEL.search(evidence.message)
    if found:
        return found[1] or found[2] or ""
    named = re.search(r"Access to (?:model|dataset) ([\w./-]+) is restricted", evidence.message)
    if named:
        return named[1].rstrip(".")
    address = _OF_ADDRESS.search(evidence.message)
    if address:
        return address[1].rstrip(".")
    quoted = [
        text for text in re.findall(r"['\"]([\w.-]+/[\w.-]+)['\"]", evidence.source) if "." not in text[:1]
    ]
    return quoted[0] if quoted else ""
