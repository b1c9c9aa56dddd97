"""What ``doctor`` prints."""

import sys
from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from snippet_sandbox.profile import PROFILES, Host, HostGpu, devices_for, devices_text
from verify_snippets import doctor, exit_codes
from verify_snippets import screen as screens
from verify_snippets.clean import one_line
from verify_snippets.cli import configuring, imaging
from verify_snippets.doctor import Diagnosis, EngineFinding, HubFinding, RuntimeFinding
from verify_snippets.report.layout import put
from verify_snippets.report.quantities import bytes_text


def show_diagnosis() -> int:
    """Print what this machine can do, and return the exit code."""
    diagnosis = doctor.examine()
    draw(diagnosis, screens.console_for(sys.stdout))
    return exit_codes.GOOD if diagnosis.able else exit_codes.INFRASTRUCTURE


def draw(diagnosis: Diagnosis, console: Console) -> None:
    """Print everything that was found."""
    for title, lines in _sections(diagnosis):
        console.print(Text(title, "bold"))
        put(Padding(Group(*lines), (0, 0, 1, 2), expand=False), console)
    able = "snippets can be run here" if diagnosis.able else "no engine works: no snippet can be run here"
    console.print(Text(able, "bold green" if diagnosis.able else "bold red"))


def _sections(diagnosis: Diagnosis) -> Iterator[tuple[str, Sequence[RenderableType]]]:
    yield "Engines (the first that works is used; --engine chooses)", [*_engines(diagnosis.engines)]
    yield "Profiles that this machine can give (--profile)", [*_profiles(diagnosis)]
    yield "GPUs", [*_gpus(diagnosis)]
    yield "Hub", [_hub(diagnosis.hub)]
    yield "Images", [*_images(diagnosis)]
    yield "Disk", [_disk(diagnosis)]
    yield "Configuration (--config)", [_configuration()]


def _configuration() -> Text:
    file = configuring.current().path
    return Text(one_line(f"from {file}") if file else "no file here")


def _good(text: str) -> Text:
    return Text(f"yes  {one_line(text)}")


def _bad(text: str) -> Text:
    return Text(f"no   {one_line(text)}", "yellow")


def _engines(findings: Sequence[EngineFinding]) -> Iterator[RenderableType]:
    for finding in findings:
        if finding.info is None:
            yield _bad(f"{finding.name}: {finding.trouble}")
            if finding.hint:
                yield _below(finding.hint)
        else:
            beside = [text for text in (finding.info.runtime, *finding.info.walls) if text]
            yield _good(f"{finding.name} {finding.info.version}{': ' if beside else ''}{', '.join(beside)}")
            yield from _runtimes(finding.runtimes)
            for limit in finding.info.unenforced:
                yield _below(f"can't enforce: {limit}", "yellow")
            yield from _handed_out(finding)


def _below(text: str, style: str = "") -> RenderableType:
    return Padding(Text(one_line(text), style), (0, 0, 0, 5), expand=False)


def _handed_out(finding: EngineFinding) -> Iterator[RenderableType]:
    if finding.gpu_trouble is None:
        return
    if not finding.gpu_trouble:
        yield _below("its containers can have GPUs")
        return
    yield _below(f"its containers can't have GPUs: {finding.gpu_trouble}", "yellow")
    if finding.gpu_hint:
        yield _below(finding.gpu_hint)


def _runtimes(findings: Sequence[RuntimeFinding]) -> Iterator[RenderableType]:
    for finding in findings:
        says = f"no: {finding.trouble}" if finding.trouble else "works"
        yield _below(f"--runtime {finding.name}: {says}", "yellow" if finding.trouble else "")


def _profiles(diagnosis: Diagnosis) -> Iterator[RenderableType]:
    host = diagnosis.host
    yield Text(", ".join(diagnosis.profiles) or "none: snippets run under all that this machine has")
    gpus = devices_text(host.gpu_devices) or "no GPU"
    yield Text(f"of {host.cpus} CPU cores, {bytes_text(host.memory_bytes)} of RAM, {gpus}", "dim")


def _gpus(diagnosis: Diagnosis) -> Iterator[RenderableType]:
    found = diagnosis.gpus
    if diagnosis.host.gpu_trouble:
        yield _bad(diagnosis.host.gpu_trouble)
        if diagnosis.gpu_hint:
            yield _below(diagnosis.gpu_hint)
    elif not found.gpus:
        yield Text("none that could be used: no NVIDIA driver is here")
    for device in dict.fromkeys(diagnosis.host.gpu_devices):
        count = diagnosis.host.gpu_devices.count(device)
        serves = [p.name for p in PROFILES.values() if p.gpus == 1 and devices_for(p, _alone(device))]
        needs = "snippets that are known to need no more, as profile this-host"
        of_version = f", compute capability {'.'.join(map(str, device.compute_capability))}"
        known = of_version if device.compute_capability != (0, 0) else ""
        yield _good(f"{devices_text([device] * count)}{known}: large enough for {', '.join(serves) or needs}")
    if found.gpus:
        yield Text(f"driver {found.driver}, CUDA up to {found.cuda}", "dim")


def _alone(device: HostGpu) -> Host:
    return Host(cpus=0, memory_bytes=0, gpu_devices=(device,))


def _hub(finding: HubFinding) -> RenderableType:
    if finding.trouble:
        return _bad(f"{finding.endpoint} {finding.trouble}")
    who = (
        f"token: yes, of {finding.user or 'an unnamed user'}"
        if finding.token
        else "token: no (public repos only)"
    )
    return _good(f"{finding.endpoint} answers; {who}")


def _images(diagnosis: Diagnosis) -> Iterator[RenderableType]:
    if diagnosis.images is None:
        yield Text("could not be listed in time", "yellow")
    elif diagnosis.images:
        yield imaging.table(diagnosis.images)
    else:
        yield Text("none yet; the first run builds one, or `verify-snippets images build`")


def _disk(diagnosis: Diagnosis) -> RenderableType:
    if diagnosis.disk is None:
        return Text("could not be measured in time", "yellow")
    found = diagnosis.disk
    text = f"{found.folder}: {bytes_text(found.free_bytes)} free"
    if diagnosis.images is not None:
        used = found.other_bytes + sum(i.size_bytes for i in diagnosis.images if i.engine == "bubblewrap")
        text += f", {bytes_text(used)} used by us"
    return Text(one_line(text))
