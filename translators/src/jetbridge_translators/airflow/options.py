"""The settings that only this back end has."""

from __future__ import annotations

from jetbridge.errors import UsageError
from jetbridge_translators.airflow.expressions import Expr
from jetbridge_translators.airflow.jinja import plain
from jetbridge_translators.base import Settings
from jetbridge_translators.option import Option

TARGETS = ("3.0", "3.1", "3.2", "3.3")
DEFAULT_TARGET = "3.0"
CONTAINERS = ("pod", "process")
READ_ONLY = "read-only"
LONGEST_MAP = 1024
"""Airflow's `[core] max_map_length`, unless an installation sets another."""

OPTIONS = (
    Option(
        name="containers",
        help="where a task's container runs: a pod (KubernetesPodOperator), or a process of the Airflow worker",
        default="pod",
        choices=CONTAINERS,
    ),
    Option(name="namespace", help="the pods' namespace; the connection's when empty"),
    Option(name="service-account", help="the pods' service account; the namespace's default when empty"),
    Option(name="kubernetes-conn-id", help="the Airflow connection to Kubernetes; Airflow's default when empty"),
    Option(name="store-secret", help="a Kubernetes Secret whose entries become environment variables of every pod"),
    Option(
        name="sql-conn-id",
        help="the Airflow connection of statements that name none; without it they use their own URI",
    ),
    Option(
        name="root-filesystem",
        help="of the pods' containers; `read-only`: a task can write below /tmp alone",
        default=READ_ONLY,
        choices=(READ_ONLY, "writable"),
    ),
    Option(
        name="jetbridge-image",
        help="image with jetbridge in it, for a second container beside tasks whose own image has none",
        assumed="jetbridge:latest",
    ),
    Option(
        name="run-as-user",
        help="user id of the pods of such tasks; `image` for the one of each image",
        default="8737",
    ),
    Option(
        name="map-chunks",
        help="how many mapped tasks share the elements of a map; Airflow allows each of them 1024",
        default="1",
    ),
    Option(name="store-endpoint", help="the address of the object store where it is not the cloud's own"),
)
_DEFAULTS = {option.name: option.default for option in OPTIONS}


def option(settings: Settings, name: str) -> str:
    """An option's value, or its default.

    Raises:
        UsageError: the value is not one of the option's choices.
    """
    value = settings.options.get(name, _DEFAULTS[name])
    choices = next(item.choices for item in OPTIONS if item.name == name)
    if choices and value not in choices:
        raise UsageError(f"{name} is {value!r}, which is not one of {', '.join(choices)}", hint=f"Use {choices[0]!r}.")
    return value


def map_chunks(settings: Settings) -> int:
    """How many mapped tasks share a map. Raises `UsageError` for what is no positive number."""
    text = option(settings, "map-chunks")
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"map-chunks is {text!r}, which is no positive number", hint="Use 1, or 5 for 5,000 elements.")
    return int(text)


def run_as_user(settings: Settings) -> int | None:
    """The user of pods whose image is not ours; None for that of the image. Raises `UsageError` for what is none."""
    text = option(settings, "run-as-user")
    if text == "image":
        return None
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"run-as-user is {text!r}, which is no user id above 0", hint="Use 8737, or `image`.")
    return int(text)


def target(settings: Settings) -> str:
    """The version of Airflow to write for. Raises `UsageError` for one that is not known."""
    wanted = settings.target or DEFAULT_TARGET
    if wanted not in TARGETS:
        raise UsageError(
            f"Airflow {wanted!r} is not a target", hint=f"Use one of {', '.join(TARGETS)}; newer ones run them too."
        )
    return wanted


def places(settings: Settings, *names: str) -> dict[str, Expr]:
    """Where Kubernetes objects are made, as the arguments of the operators of `cncf.kubernetes`; only what is given."""
    given = {_PLACES[name]: option(settings, name) for name in names}
    return {argument: plain(value) for argument, value in given.items() if value}


_PLACES = {
    "namespace": "namespace",
    "service-account": "service_account_name",
    "kubernetes-conn-id": "kubernetes_conn_id",
}


def store_environment(settings: Settings) -> dict[str, str]:
    """The environment variables that tell a task how to reach the store."""
    endpoint = option(settings, "store-endpoint")
    if not endpoint:
        return {}
    plain = {"AWS_ALLOW_HTTP": "true"} if endpoint.startswith("http://") else {}
    return {"AWS_ENDPOINT_URL": endpoint, **plain}
