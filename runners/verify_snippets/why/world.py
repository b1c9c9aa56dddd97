"""What the code wants of the world: a GPU, memory, a keyboard, a display, hosts, services, files."""

import re

from snippet_sandbox.profile import GB
from verify_snippets import gpu_errors
from verify_snippets.causes import Cause, Diagnosis
from verify_snippets.pattern import Pattern
from verify_snippets.why.evidence import Evidence, because, first_line


def no_gpu(evidence: Evidence) -> Diagnosis | None:
    """Code for a GPU where there is none."""
    if not gpu_errors.only_lacks_gpu(evidence.message):
        return None
    return because(Cause.NEEDS_GPU, f"it asks for a GPU: {first_line(evidence.message)}", device="cuda")


def other_gpu(evidence: Evidence) -> Diagnosis | None:
    """Code for another GPU than the one that it was given, or for more of them."""
    match gpu_errors.fault_of(evidence.message) if evidence.gpu_memory_bytes else None:
        case gpu_errors.Fault.OTHER_MODEL:
            said = "it, or a library that it uses, can't run on this host's GPU"
        case gpu_errors.Fault.MORE_OF_THEM:
            said = "it asks for more GPUs than it was given"
        case _:
            return None
    return because(Cause.NEEDS_GPU, f"{said}: {first_line(evidence.message)}", device="cuda")


def no_gpu_memory(evidence: Evidence) -> Diagnosis | None:
    """More GPU memory than there is."""
    if not gpu_errors.is_full(evidence.message):
        return None
    asked = gpu_errors.asked_for(evidence.message)
    more = f": it asked for {asked} more" if asked else f" ({evidence.type}: {first_line(evidence.message)})"
    given = f" of {evidence.gpu_memory_bytes / GB:g} GB" if evidence.gpu_memory_bytes else ""
    return because(Cause.OUT_OF_MEMORY, f"out of GPU memory{given}{more}", device="cuda", asked=asked)


def failed_on_gpu(evidence: Evidence) -> Diagnosis | None:
    """What a GPU says of code that read or wrote where it must not."""
    if "device-side assert triggered" not in evidence.message:
        return None
    said = "an assertion failed on the GPU, as it does for an index out of range (device-side assert)"
    return because(Cause.CARD_BUG, said, device="cuda")


_MEMORY_SIGNS = Pattern(
    r"out of memory|can't allocate memory|Unable to allocate [\d.]+ [KMGT]iB|std::bad_alloc|"
    r"Cannot allocate memory",
    re.IGNORECASE,
)


def no_memory(evidence: Evidence) -> Diagnosis | None:
    """More memory than there is."""
    if evidence.type in {"MemoryError", "_ArrayMemoryError"} or _MEMORY_SIGNS.search(evidence.message):
        return because(
            Cause.OUT_OF_MEMORY, f"out of memory ({evidence.type}: {first_line(evidence.message)})"
        )
    return None


def no_keyboard(evidence: Evidence) -> Diagnosis | None:
    """Code that waits for somebody to type."""
    if evidence.type in {"EOFError", "StdinNotImplementedError"} and (
        "reading a line" in evidence.message or re.search(r"\b(input|getpass)\s*\(", evidence.code)
    ):
        return because(
            Cause.NEEDS_KEYBOARD, f"waits for input at the keyboard ({evidence.type})", name="input"
        )
    if evidence.type == "error" and "Inappropriate ioctl for device" in evidence.message:
        return because(Cause.NEEDS_KEYBOARD, "wants a terminal to type at")
    return None


_DISPLAY_SIGNS = Pattern(
    r"no display name and no \$DISPLAY|couldn't connect to display|"
    r"[Cc]ould not connect to (?:any X )?display|"
    r"[Cc]annot connect to \"?None|NoSuchDisplay|DisplayNameError|DisplayConnectionError|"
    r"No available video device|failed to acquire X connection|interactive framework, as 'headless'|"
    r"Rebuild the library with Windows, GTK|[Cc]an't open display|Bad display name|no screens? available|"
    r"DISPLAY environment variable|video system not initialized|cannot open display|"
    r"Failed to create (?:a )?(?:GLFW )?window|could not load the Qt platform plugin"
)


def no_display(evidence: Evidence) -> Diagnosis | None:
    """Code that opens a window."""
    if _DISPLAY_SIGNS.search(evidence.text):
        return because(Cause.NEEDS_DISPLAY, f"opens a window: {first_line(evidence.message)}")
    return None


def no_display_told_on_stderr(stderr: str) -> Diagnosis | None:
    """A toolkit that ends the process when it finds no display, and says so before."""
    found = _DISPLAY_SIGNS.search(stderr)
    return because(Cause.NEEDS_DISPLAY, f"opens a window: {found[0]}") if found else None


_KEY = r"[A-Z][A-Z0-9_]*(?:KEY|TOKEN|SECRET|CREDENTIALS|PASSWORD|API|ACCOUNT|ENDPOINT)[A-Z0-9_]*"
_KEY_SIGNS = Pattern(
    r"api_key client option must be set|[Mm]issing credentials|api_key not configured|"
    r"Could not resolve authentication method|"
    r"[Nn]o API[ _]?key|API[ _]?key (?:is )?(?:required|missing|not (?:set|found|provided))|"
    r"You must provide an api_key|provide an API key|Could not find credentials|Unable to locate credentials|"
    r"no token found|Token is required|LocalTokenNotFound|NoCredentials|DefaultCredentialsError|"
    r"[Ii]nvalid (?:user )?(?:token|API key)|not logged in|Incorrect API key|not authenticated|"
    r"401 Client Error: Unauthorized|HTTP Error 401|AuthenticationError"
)


def no_key(evidence: Evidence) -> Diagnosis | None:
    """A key or a token that the reader must bring."""
    named = re.fullmatch(rf"['\"]?({_KEY})['\"]?", evidence.message.strip())
    if evidence.type == "KeyError" and named and re.search(r"\benviron\b", evidence.code):
        said = f"the environment has no `{named[1]}`, which the reader must bring"
        return because(Cause.EXTERNAL_SERVICE, said, key=named[1])
    if _KEY_SIGNS.search(evidence.text) or evidence.type == "LocalTokenNotFoundError":
        key = re.search(rf"\b{_KEY}\b", evidence.message)
        said = f"needs a key or token of the reader's own: {first_line(evidence.message)}"
        return because(Cause.EXTERNAL_SERVICE, said, key=key[0] if key else "")
    return None


_LOCAL = r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[?::1\]?)"
_LOCAL_PLACE = Pattern(
    rf"(?:https?://)?({_LOCAL})(?::(\d+)|'?, ?port=(\d+)|\('?, ?(\d+)\))?|host='({_LOCAL})', port=(\d+)"
)
_NETWORK = Pattern(
    r"Connection|Connect|Proxy|Tunnel|HTTPError|HTTPStatusError|URLError|Max retries|"
    r"[Nn]ame resolution|[Nn]ame or service not known|gaierror|\b403\b|Timeout|timed out|SSLError|"
    r"Network is unreachable|"
    r"DownloadError|NetworkError|couldn't connect"
)
_REFUSED = Pattern(
    r"[Cc]onnection refused|Errno 111|Connect call failed|All connection attempts failed|APIConnectionError"
)
_SERVICES = Pattern(
    r"(?:^|\.)(?:api\.openai\.com|api\.anthropic\.com|router\.huggingface\.co|api-inference\.huggingface\.co|"
    r"generativelanguage\.googleapis\.com|api\.mistral\.ai|api\.groq\.com|api\.together\.(?:xyz|ai)|"
    r"api\.replicate\.com|api\.wandb\.ai|endpoints\.huggingface\.cloud|gradio\.live|hf\.space)$"
)


_UNREADABLE = frozenset({"UnidentifiedImageError", "JSONDecodeError", "LibsndfileError"})
"""What is raised where the answer of a gateway that refuses is taken for the file."""
_GONE_ADDRESS = Pattern(r"(?:404|410)(?: Client Error)?: (?:Not Found|Gone)(?: for url: (\S+))?")


def gone_address(evidence: Evidence) -> Diagnosis | None:
    """A file of the web that is not there any more."""
    found = _GONE_ADDRESS.search(evidence.message)
    if not found or "HTTPError" not in evidence.type:
        return None
    written = re.search(r"https?://[^\s'\"]+", evidence.source) or re.search(
        r"https?://[^\s'\"]+", evidence.code
    )
    address = found[1] or (written[0] if written else "")
    return because(
        Cause.MISSING_INPUT, f"{address or 'an address'} is not there any more (404)", file=address
    )


def no_local_server(evidence: Evidence) -> Diagnosis | None:
    """A server of this machine's that nothing in the snippet starts."""
    if not (_REFUSED.search(evidence.text) or "ConnectionRefusedError" in evidence.types):
        return None
    if evidence.contacts.refused_hosts:
        return None
    found = _LOCAL_PLACE.search(evidence.message) or _LOCAL_PLACE.search(evidence.code)
    if not found and "Errno 111" not in evidence.message and "APIConnection" not in evidence.error.type:
        return None
    port = next((group for group in (found.groups()[1:] if found else ()) if group and group.isdigit()), "")
    host = (found[1] or found[5]) if found else "localhost"
    place = f"{host}:{port}" if port else host
    said = f"asks a server at {place}, which nothing in the snippet starts"
    return because(Cause.EXTERNAL_SERVICE, said, host=place)


def no_way_out(evidence: Evidence) -> Diagnosis | None:
    """A host that the gateway refuses, or one that nothing here can reach."""
    refused = evidence.contacts.refused_hosts
    if not _NETWORK.search(evidence.text) and not (refused and _UNREADABLE & evidence.types):
        return None
    if refused:
        named = [host for host in refused if host in evidence.message] or list(refused)
        said = f"it asked for {', '.join(named)}, which the gateway refuses"
        service = next((host for host in named if _SERVICES.search(host)), "")
        if service:
            return because(Cause.EXTERNAL_SERVICE, said, host=service)
        return because(Cause.NETWORK_REFUSED, said, host=named[0])
    if not re.search(
        r"[Nn]ame resolution|[Nn]ame or service|gaierror|unreachable|Max retries|[Cc]onnect|Bad Gateway",
        evidence.text,
    ):
        return None
    host = _host(evidence)
    said = f"it could not reach {host or 'the network'}: {first_line(evidence.message)}"
    return because(Cause.NETWORK_REFUSED, said, host=host)


def _host(evidence: Evidence) -> str:
    found = re.search(r"host='([\w.-]+)'|https?://([\w.-]+)", evidence.message) or re.search(
        r"()https?://([\w.-]+)", evidence.source
    )
    if found:
        return found[1] or found[2]
    written = re.search(r"['\"]([\w-]+(?:\.[\w-]+)+)['\"]", evidence.source)
    return written[1] if written else ""


_NO_SUCH_FILE = (
    Pattern(r"No such file or directory: [rb]?['\"]?([^'\"\n]+?)['\"]?(?: ->|$|\n)"),
    Pattern(r"Error opening '([^']+)': System error"),
    Pattern(r"(?:Couldn't find any data file|Unable to find) (?:at )?'?([^'\s]+)"),
    Pattern(r"[Ff]ile ['\"]?([^\s'\"]+)['\"]? (?:does not exist|not found|cannot be found|is not found)"),
    Pattern(r"can't open(?:/read)? file:? ['\"]?([^'\"\n]+?)['\"]?(?:,|: check|$)"),
    Pattern(r"[Cc]ould not open (?:file )?['\"]?([^\s'\"]+\.\w+)"),
)
_DEVICE = Pattern(
    r"Error querying device|No (?:Default )?(?:Input|Output) Device|Invalid (?:input )?device|"
    r"can't open camera",
    re.IGNORECASE,
)


def no_file(evidence: Evidence) -> Diagnosis | None:
    """A file that the card does not provide."""
    found = next(filter(None, (sign.search(evidence.message) for sign in _NO_SUCH_FILE)), None)
    if found:
        file = found[1].strip()
        if "/" not in file and any(frame.file.endswith("/subprocess.py") for frame in evidence.frames):
            said = f"the code calls the program `{file}`, which the card never tells the reader to install"
            return because(Cause.UNDECLARED_DEPENDENCY, said, file=file)
        said = f"{file!r} is a file that the card does not provide"
        return because(Cause.MISSING_INPUT, said, file=file)
    if {"FileNotFoundError", "NotADirectoryError"} & evidence.types or "FileNotFound" in evidence.type:
        said = f"a file that the card does not provide: {first_line(evidence.message)}"
        return because(Cause.MISSING_INPUT, said)
    if _DEVICE.search(evidence.message):
        said = f"wants a microphone, a speaker or a camera: {first_line(evidence.message)}"
        return because(Cause.MISSING_INPUT, said, device="audio or video")
    return None


def unread_picture(evidence: Evidence) -> Diagnosis | None:
    """``cv2.imread`` of a file that isn't there says nothing; what uses its result fails."""
    found = re.search(r"""imread\(\s*["']([^"']+)["']""", evidence.code)
    nothing = re.search(r"!_src\.empty\(\)|src is empty|'NoneType' object|ssize\.empty\(\)", evidence.message)
    if not found or not nothing:
        return None
    return because(
        Cause.MISSING_INPUT, f"{found[1]!r} is a file that the card does not provide", file=found[1]
    )
