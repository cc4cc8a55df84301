"""The settings that only this back end has, read and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jetbridge.errors import UsageError
from jetbridge_translators.base import Settings
from jetbridge_translators.option import Option

TARGETS = ("3.7", "4.0")
DEFAULT_TARGET = "3.7"
OLDEST_PATCH = {"3.7": "3.7.16", "4.0": "4.0.7"}
"""The oldest patch release of each version whose substitution rules the manifests rely on (Argo's upgrading.md)."""
READ_ONLY = "read-only"

OPTIONS = (
    Option(name="namespace", help="Kubernetes namespace of the manifests; default: the one of the kubectl context."),
    Option(name="service-account", help="ServiceAccount of the run's pods."),
    Option(
        name="executor-service-account",
        help="ServiceAccount of Argo's own containers; the tasks' containers then get no Kubernetes token. It needs a "
        "token Secret (Argo's docs/service-account-secrets.md).",
    ),
    Option(
        name="dynamic-service-account",
        help="ServiceAccount of the pods of dynamic tasks, which create Workflows: it needs create, list, watch and "
        "patch on workflows.argoproj.io, and get on pods.",
    ),
    Option(name="runner-image", help="Image of statements whose tasks name none; it needs jetbridge-plugins."),
    Option(name="store-secret", help="Secret whose keys become environment variables, such as AWS_ACCESS_KEY_ID."),
    Option(name="store-endpoint", help="URL of an S3 service other than AWS, as the pods reach it."),
    Option(
        name="jetbridge-image",
        help="image with jetbridge in it, for a second container beside tasks whose own image has none.",
        assumed="jetbridge:latest",
    ),
    Option(name="run-as-user", help="User id of the pods; `image` for the one of each image.", default="8737"),
    Option(
        name="root-filesystem",
        help="`read-only`: a task can write below /tmp alone; `writable` for images that write elsewhere.",
        default=READ_ONLY,
    ),
)

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_NAMES = ("namespace", "service-account", "executor-service-account", "dynamic-service-account", "store-secret")
_ENDPOINT = re.compile(r"https?://[^\s{}$]+")
_IMAGE = re.compile(r"[\w./:@-]+", re.ASCII)
_ROOT = re.compile(rf"{READ_ONLY}|writable")
_USER = re.compile(r"[1-9][0-9]{0,9}|image")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgoOptions:
    """The options with their types; an empty string means not given, `run_as_user` None the image's own user."""

    target: str
    store: str
    namespace: str
    service_account: str
    executor_service_account: str
    dynamic_service_account: str
    runner_image: str
    store_secret: str
    store_endpoint: str
    jetbridge_image: str
    run_as_user: int | None
    read_only_root: bool


def read_options(settings: Settings) -> ArgoOptions:
    """The options of a translation. Raises `UsageError` for the first value that cannot be used."""
    values = {option.name: settings.options.get(option.name, option.default) for option in OPTIONS}
    _check_names(values)
    user = _matching(values["run-as-user"], _USER, "run-as-user", "Give a user id above 0, or `image`.")
    root = _matching(values["root-filesystem"], _ROOT, "root-filesystem", "Give `read-only` or `writable`.")
    return ArgoOptions(
        target=_target(settings.target or DEFAULT_TARGET),
        store=_store(settings.store),
        namespace=values["namespace"],
        service_account=values["service-account"],
        executor_service_account=values["executor-service-account"],
        dynamic_service_account=values["dynamic-service-account"],
        runner_image=values["runner-image"],
        store_secret=values["store-secret"],
        store_endpoint=_endpoint(values["store-endpoint"]),
        jetbridge_image=_image(values["jetbridge-image"]),
        run_as_user=None if user == "image" else int(user),
        read_only_root=root == READ_ONLY,
    )


def _target(target: str) -> str:
    if target in TARGETS:
        return target
    raise UsageError(f"there is no target {target!r} for Argo Workflows", hint=f"Take one of: {', '.join(TARGETS)}.")


def _check_names(values: dict[str, str]) -> None:
    for option in _NAMES:
        if values[option]:
            _matching(values[option], _NAME, option, "Give the name of a Kubernetes object.")


def _image(text: str) -> str:
    return text and _matching(text, _IMAGE, "jetbridge-image", "Give the name of an image, such as me/jetbridge:1.")


def _endpoint(text: str) -> str:
    return text and _matching(text, _ENDPOINT, "store-endpoint", "Give a URL such as https://minio.storage:9000.")


def _matching(text: str, pattern: re.Pattern[str], option: str, hint: str) -> str:
    if pattern.fullmatch(text):
        return text
    raise UsageError(f"--{option} cannot be {text!r}", hint=hint)


def _store(uri: str) -> str:
    if not uri:
        return ""
    scheme, found, _ = uri.partition("://")
    if not found or scheme == "file":
        raise UsageError(
            f"the store {uri!r} is a folder of this machine, which the pods of a cluster do not see",
            hint="Give an object store: --store s3://BUCKET/FOLDER.",
        )
    if "{{" in uri or not uri.isprintable():
        raise UsageError(f"the store {uri!r} holds characters that Argo would replace", hint="Give a plain URI.")
    return uri.rstrip("/")
