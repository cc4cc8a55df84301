"""Work: the few shapes every task boils down to, free of any back end.

`ContainerWork`, `PodWork` and `SqlWork` are FlyteIDL's targets; `ResourceWork` is Flyte's BuildResource and
GetTaskPhase as data. Text that only the engine can complete is a `Text`: a sequence of plain strings and macros.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias


class Macro(Enum):
    """What only the back end knows; each translator maps every member to its own expression."""

    RUN_ROOT = "run-root"
    """URI of the folder that holds this run's data."""
    NODE_PATH = "node-path"
    """Path of the node below the run root, such as `n0`."""
    ATTEMPT = "attempt"
    """Number of the attempt, from 0."""
    STORE = "store"
    """URI of the folder below which each run has its root, and the cache lies."""
    OVERWRITE_CACHE = "overwrite-cache"
    """`true` where cached outputs are made anew in this run, else `false` or another word."""


@dataclass(frozen=True, slots=True)
class BindingMacro:
    """The text of one input's binding (see `jetbridge.bindings`)."""

    var: str


Part: TypeAlias = "str | Macro | BindingMacro"


@dataclass(frozen=True, slots=True)
class Text:
    """A string of which some parts are known only to the back end.

    Example:
        >>> Text(("frame=", BindingMacro("frame"))).parts
        ('frame=', BindingMacro(var='frame'))
    """

    parts: tuple[Part, ...]


Templated: TypeAlias = "str | Text"
JsonTree: TypeAlias = "str | int | float | bool | Text | list[JsonTree] | dict[str, JsonTree] | None"


@dataclass(frozen=True, slots=True)
class SecretRef:
    """A secret by reference: Flyte's group and key, and how the task asks to find it."""

    group: str
    key: str
    env_var: str = ""
    mount: str = "any"


def variable_of(secret: SecretRef) -> str:
    """The environment variable in which a secret is looked for (`jetbridge.runtime.secrets`).

    Example:
        >>> variable_of(SecretRef("db", "password"))
        '_FSEC_DB_PASSWORD'
    """
    return secret.env_var or f"_FSEC_{secret.group}_{secret.key}".upper()


@dataclass(frozen=True, slots=True)
class OwnPod:
    """Pods that a container makes itself, such as the executors of a Spark driver.

    Attributes:
        option: The option by which the container is told of them; its value is the PodTemplateSpec as JSON.
        container: The container in them that runs the user's code.
        template: The PodTemplateSpec, which the back end completes like that of every task.
    """

    option: str
    container: str
    template: Mapping[str, JsonTree]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerWork:
    """One container: an image with a command; resources in Kubernetes' own quantities by resource name.

    Attributes:
        account: The service account as which the container acts on Kubernetes, unless the task names one; empty for a
            container that asks nothing of Kubernetes, and gets no token.
        fields: Variables that hold fields of the container's own pod, such as `status.podIP`.
        own_pods: The pods that it makes.
        image_user: Whether it must run as the user of its image.
    """

    image: str
    command: tuple[Templated, ...]
    args: tuple[Templated, ...]
    env: tuple[tuple[str, str], ...] = ()
    requests: tuple[tuple[str, str], ...] = ()
    limits: tuple[tuple[str, str], ...] = ()
    secrets: tuple[SecretRef, ...] = ()
    account: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    own_pods: tuple[OwnPod, ...] = ()
    image_user: bool = False


@dataclass(frozen=True, slots=True)
class PodPlace:
    """Where an object describes pods that run the user's code: the field path of a PodTemplateSpec, such as
    `spec.driver.template`, and the container in it.
    """

    path: str
    container: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PodWork:
    """A pod around one container; manifests are Kubernetes' own JSON, and may hold texts for the back end to complete.

    The end of the task's own container is the end of the task; the other containers are ended with it.

    Attributes:
        main: The task's own container; its environment is in `container`, with Kubernetes' meaning.
        name: What the pod calls it.
        container: What else its manifest says, such as `env` and `volumeMounts`.
        containers: The other containers.
        init_containers: What runs before them.
        spec: The rest of the pod's spec.
        labels: The pod's labels.
        annotations: The pod's annotations.
    """

    main: ContainerWork
    name: str
    container: Mapping[str, JsonTree]
    containers: tuple[Mapping[str, JsonTree], ...] = ()
    init_containers: tuple[Mapping[str, JsonTree], ...] = ()
    spec: Mapping[str, JsonTree] = field(default_factory=dict[str, "JsonTree"])
    labels: tuple[tuple[str, str], ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignWork(ContainerWork):
    """A container whose image is not ours, and beside it our companion, which does all but the task's own work.

    Image, variables, resources and secrets are those of the task's container; `command` and `args` are the companion's
    (`jetbridge.runtime.companion`), which hold the task's own command. In one process with what the task needs, this is
    all there is to run.

    Attributes:
        reads_store: Whether the task's own program reads and writes the store, so that it needs its credentials.
        own_image: Whether nothing but its image has the program, so that it runs in a container on any machine.
        folders: Folders that both containers share, by their names there, each with the place where the program has it.
    """

    reads_store: bool = True
    own_image: bool = False
    folders: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceWork:
    """A Kubernetes object that is created, watched and deleted.

    `manifest["metadata"]` holds no name: the back end gives one. `success` and `failure` are conditions over the
    object in the syntax of Kubernetes label selectors on field paths, as Argo's resource templates read them.

    Attributes:
        manifest: The object.
        success: When it has succeeded.
        failure: When it has failed.
        name_hint: What its name begins with.
        pods: Its pods, which the back end gives access to the store, and the rights of every task's pod.
        main_pod: The field path of the name of the pod that a person wants to see the log of; empty for none.
        main_container: The container in it.
        reason: The field path of the reason of a failure; empty for none.
    """

    manifest: Mapping[str, JsonTree]
    success: str
    failure: str
    name_hint: str = field(default="job")
    pods: tuple[PodPlace, ...] = ()
    main_pod: str = ""
    main_container: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SqlParameter:
    """An input that the database gets as a value; `as_text` for its text, as Flyte writes it."""

    input: str
    name: str
    as_text: bool = False


@dataclass(frozen=True, slots=True)
class SqlName:
    """An input that is the name of a table or column, which only the runner can check and quote."""

    input: str


SqlPiece: TypeAlias = "str | SqlParameter | SqlName"


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlWork:
    """A statement on a database.

    Attributes:
        dialect: What kind of database it is, as SQLAlchemy calls it: `postgresql`.
        statement: Texts, parameters and names in their order.
        connection: The name by which an engine with connections of its own knows the database; empty for none.
        uri_variable: The environment variable by which the runner takes the database's URL from the engine; empty where
            it takes none.
        needs_secret: Whether the runner reads a credential that the task names.
        runner: The container that runs the statement where the engine does not; its image is empty where the task
            names none.
    """

    dialect: str
    statement: tuple[SqlPiece, ...]
    connection: str = ""
    uri_variable: str = ""
    needs_secret: bool = False
    runner: ContainerWork


Work: TypeAlias = ContainerWork | PodWork | ResourceWork | SqlWork
