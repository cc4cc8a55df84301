"""Flyte's command templates (`{{.input}}`, …) as the parts that a back end fills in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from jetbridge.errors import JetbridgeError
from jetbridge.runtime.resolver import DEFAULT_RESOLVER
from jetbridge_translators.work import BindingMacro, Macro, Templated, Text

ENTRYPOINT = "jetbridge-execute"
MAP_ENTRYPOINT = "jetbridge-map-execute"
FLYTEKIT_MAP_ENTRYPOINT = "pyflyte-map-execute"
_FLYTE_OPTIONS = frozenset(
    ("--inputs", "--output-prefix", "--raw-output-data-prefix", "--checkpoint-path", "--prev-checkpoint")
)
_KEPT_OPTIONS = frozenset(("--resolver", "--additional-distribution"))
_TEMPLATE = re.compile(r"\{\{\s*[.$]", re.IGNORECASE)


def entrypoint_args(
    args: Sequence[str], inputs: Iterable[str], cache: Iterable[Templated] = ()
) -> tuple[Templated, ...]:
    """The arguments of our entrypoint for a back end without propeller.

    Flyte's options, which name files that only propeller writes, become the run root, the node's path and one binding
    for each input.

    Args:
        args: The container's arguments in the task template, the entrypoint's name first. Those of a map task become
            those of the task of one element, because the bindings pick the element's own items.
        inputs: The names of the task's inputs that are bound.
        cache: The options of a cached task (`cache_options`).

    Raises:
        JetbridgeError: the arguments hold a template of Flyte's that has no counterpart.
    """
    kept = tuple(_without_flyte_options(_of_element(args[1:]) if args[0] == MAP_ENTRYPOINT else args[1:]))
    unknown = [arg for arg in kept if holds_flyte_template(arg)]
    if unknown:
        raise JetbridgeError(
            f"the argument {unknown[0]!r} holds a template that only Flyte's propeller fills in",
            hint="Write the package again with this version of `jetbridge package`.",
        )
    return (*run_options(inputs, cache), *kept)


def run_options(inputs: Iterable[str], cache: Iterable[Templated] = ()) -> tuple[Templated, ...]:
    """What every attempt in a run is told: where it is, where its inputs are, and of the cache."""
    return (
        Text(("--run-root=", Macro.RUN_ROOT)),
        Text(("--node-path=", Macro.NODE_PATH)),
        Text(("--attempt=", Macro.ATTEMPT)),
        *(Text((f"--bind={name}=", BindingMacro(name))) for name in inputs),
        *cache,
    )


def holds_flyte_template(text: str) -> bool:
    """Whether a text holds a template that propeller would fill in.

    Example:
        >>> holds_flyte_template("--x={{ .inputs.x }}"), holds_flyte_template("{{x}}")
        (True, False)
    """
    return bool(_TEMPLATE.search(text))


def _of_element(args: Sequence[str]) -> Sequence[str]:
    """Without the map's own resolver: `--resolver MAP -- vars V resolver R …` becomes `--resolver R -- …`."""
    at = args.index("--")
    _, _, _, resolver, *rest = args[at + 1 :]
    before = args.index("--resolver")
    return [*args[:before], "--resolver", resolver, *args[before + 2 : at], "--", *rest]


def _without_flyte_options(args: Sequence[str]) -> Iterator[str]:
    """The arguments without Flyte's options, and without a `--resolver` that is the default, up to `--`."""
    remaining = iter(args)
    for arg in remaining:
        if arg == "--":
            yield arg
            yield from remaining
            return
        value = next(remaining, None) if arg in _FLYTE_OPTIONS | _KEPT_OPTIONS else None
        if arg in _KEPT_OPTIONS and value != DEFAULT_RESOLVER:
            yield f"{arg}={value}"
        elif value is None:
            yield arg
