"""What can be set: our own settings, and those that entry points of the group `jetbridge.settings` add."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from jetbridge import entry_points

GROUP = "jetbridge.settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A setting.

    Attributes:
        name: Its key in the file.
        help: What it is.
        variable: The environment variable that stands over the file.
        owner: The table of the file that it stands in; empty for the top and the profiles themselves.
        option: How the command line calls it; empty where it has no option.
        default: What holds where nobody sets it.
        choices: The values that it can have; empty for any.
        is_secret: Whether the file may only say where it is found.
    """

    name: str
    help: str
    variable: str
    owner: str = ""
    option: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    is_secret: bool = False


OWN = (
    Known(name="store", option="--store", variable="JETBRIDGE_STORE", help="where runs keep their data"),
    Known(name="registry", option="--registry", variable="JETBRIDGE_REGISTRY", help="the registry's SQLAlchemy URL"),
    Known(name="image", option="--image", variable="JETBRIDGE_IMAGE", help="the image of tasks that name none"),
    Known(
        name="project",
        option="--project",
        variable="JETBRIDGE_PROJECT",
        default="flytesnacks",
        help="the project of the registry's verbs",
    ),
    Known(
        name="domain",
        option="--domain",
        variable="JETBRIDGE_DOMAIN",
        default="development",
        help="the domain of the registry's verbs",
    ),
)


def known_settings() -> tuple[Known, ...]:
    """All settings, ours first."""
    points = [entry_points.load(GROUP, name) for name in entry_points.names(GROUP)]
    added = [each for point in points for each in cast("Callable[[], Iterable[Known]]", point)()]
    return (*OWN, *added)
