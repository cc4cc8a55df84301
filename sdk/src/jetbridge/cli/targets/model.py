"""What TARGET names, whatever its form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jetbridge.code_bundle import CodeBundle, CopyMode
from jetbridge.launch_plan import LaunchPlan
from jetbridge.serialize.closure import Closure
from jetbridge.serialize.settings import SerializationSettings

Close = Callable[[SerializationSettings], Closure]


@dataclass(frozen=True, slots=True)
class Target:
    """What TARGET names.

    Attributes:
        name: How messages call it.
        source_root: The folder from which its modules are imported; empty for a package.
        launch_plans: The launch plans it names, dependencies first; empty for what flytekit wrote.
        close: The closure of the one workflow it names, given the settings of packaging.
        bundle: Makes the code bundle; None when there is no code to copy.
        brings_code: Whether the code is in TARGET itself, so that its tasks always ask for it.
    """

    name: str
    source_root: str
    launch_plans: tuple[LaunchPlan, ...]
    close: Close
    bundle: Callable[[CopyMode], CodeBundle] | None = None
    brings_code: bool = False
