"""The pages about the plugin protocol and about errors, from the code's own documentation."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent

import jetbridge
import jetbridge_plugins
import jetbridge_translators
from jetbridge.errors import JetbridgeError
from jetbridge.runtime import exit_codes
from jetbridge.runtime.failure import CONVERSION, INTERRUPTED, SYSTEM, USER, USER_RECOVERABLE, FailureClass

_SEAMS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Authoring: `@task(task_config=…)`": ("jetbridge.task_config", ("TaskConfig",)),
    "Types: entry points `jetbridge.types`": ("jetbridge.types.transformer", ("Transformer", "StructTransformer")),
    "Planning: entry points `jetbridge.plan`": ("jetbridge_translators.handler", ("TaskHandler", "BuildContext")),
    "Work": (
        "jetbridge_translators.work",
        ("ContainerWork", "PodWork", "SqlWork", "ResourceWork", "ForeignWork", "Text", "Macro", "SecretRef"),
    ),
    "Back ends: entry points `jetbridge.backends`": (
        "jetbridge_translators.base",
        ("Backend", "Settings", "Artifact", "RunRequest", "RunResult", "StepEvent", "EngineAttempt", "Gates"),
    ),
    "Native operators: entry points `jetbridge.lower.<back end>`": (
        "jetbridge_translators.base",
        ("LowerContext", "Unsupported"),
    ),
    "Options": ("jetbridge_translators.option", ("Option",)),
    "Capabilities": ("jetbridge_translators.capability", ("Capability", "Level")),
}
_PROTOCOL = """\
# Plugin protocol

What a distribution of yours gives, and what it is given. All of it is found by entry points; the guides build
[a plugin](../guide/write-a-plugin.md) and [a back end](../guide/write-a-back-end.md) with it."""
_ERRORS = """\
# Errors

Every mistake of a user's is one of these: what, where, and after `Hint:` the next action; never a traceback.
The command line ends with 2 for a `UsageError`, with 1 for any other, with 0 when all is well, and with 130 after
Ctrl-C."""
_FAILURES = """\
## Failures of tasks

What is kept in a node's `error.pb`, and the exit code that tells the engine. Exceptions of the user's may have an
`error_code` of their own."""


def protocol() -> str:
    """Every seam with its fields, as its docstring says."""
    sections = [f"## {title}\n\n{_seam(module, names)}" for title, (module, names) in _SEAMS.items()]
    return "\n\n".join([_PROTOCOL, *sections]) + "\n"


def _seam(module: str, names: tuple[str, ...]) -> str:
    loaded = importlib.import_module(module)
    return "\n\n".join(_entry(f"{module}.{name}", getattr(loaded, name)) for name in names)


def _entry(name: str, found: type) -> str:
    shown = [f"### `{name.rpartition('.')[2]}`", f"`{name}`", _text(found)]
    methods = [
        f"- `{each}{_signature(member)}`: {_first(member)}"
        for each, member in inspect.getmembers(found, inspect.isfunction)
        if not each.startswith("_") and member.__doc__ and member.__qualname__.startswith(found.__name__)
    ]
    return "\n\n".join([*shown, *(["\n".join(methods)] if methods else [])])


def _signature(member: object) -> str:
    return str(inspect.signature(member)).replace("'", "").replace("(self, ", "(").replace("(self)", "()")  # type: ignore[arg-type]


def _first(member: object) -> str:
    return " ".join((inspect.getdoc(member) or "").partition("\n\n")[0].split())


def _text(found: object) -> str:
    """A docstring as Markdown: attributes and arguments become lists, examples blocks."""
    doc = dedent(inspect.getdoc(found) or "")
    parts = re.split(r"^(Attributes|Args|Raises|Example):\n", doc, flags=re.M)
    told = [parts[0].strip()]
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        told.append(_EXAMPLE.format(dedent(body).strip()) if title == "Example" else _listed(title, dedent(body)))
    return "\n\n".join(each for each in told if each)


_EXAMPLE = "```text\n{}\n```"


def _listed(title: str, body: str) -> str:
    joined = re.sub(r"\n\s+", " ", body.strip())
    entries = [line.partition(": ") for line in joined.splitlines() if ": " in line]
    return "\n".join([f"{title}:\n", *(f"- `{name}`: {text}" for name, _, text in entries)])


def errors() -> str:
    """Every class of errors, and the failures of tasks."""
    rows = [f"| `{found.__name__}` | `{found.__module__}` | {_first(found)} |" for found in _classes()]
    table = "\n".join(["| error | module | |", "|---|---|---|", *rows])
    failures = [_failure(each) for each in (USER, USER_RECOVERABLE, CONVERSION, SYSTEM, INTERRUPTED)]
    kinds = "\n".join(["| code | exit code | tried again | origin |", "|---|---|---|---|", *failures])
    return "\n\n".join([_ERRORS, table, _FAILURES, kinds, _exit_codes()]) + "\n"


def _classes() -> list[type]:
    """Every class of errors in the three distributions, by name."""
    packages = (jetbridge, jetbridge_translators, jetbridge_plugins)
    for package in packages:
        folder = Path(package.__path__[0])
        for file in sorted(folder.rglob("*.py")):
            if _DEFINES_ERRORS.search(file.read_text()):
                importlib.import_module(".".join([package.__name__, *file.relative_to(folder).with_suffix("").parts]))
    names = {package.__name__ for package in packages}
    found = {each for each in _derived(JetbridgeError) if each.__module__.partition(".")[0] in names}
    return sorted(found, key=lambda each: each.__name__)


_DEFINES_ERRORS = re.compile(r"^class \w+\([\w, ]*Error[,)]", re.M)


def _derived(base: type) -> Iterator[type]:
    for each in base.__subclasses__():
        yield each
        yield from _derived(each)


def _failure(each: FailureClass) -> str:
    origin = "user" if each.origin == USER.origin else "system"
    return f"| `{each.code}` | {each.exit_code} | {'yes' if each.recoverable else 'no'} | {origin} |"


def _exit_codes() -> str:
    source = inspect.getsource(exit_codes)
    found = re.findall(r'^([A-Z_]+) = (\d+)\n"""(.*?)"""', source, re.M | re.S)
    rows = [f"| {code} | {' '.join(text.split())} |" for _, code, text in found]
    return "\n".join(["## Exit codes of the entrypoint\n", "| code | meaning |", "|---|---|", *rows])
