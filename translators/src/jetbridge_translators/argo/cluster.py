"""The few calls to Kubernetes that a run makes, as plain values; every other module of a run is free of the client."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jetbridge_translators.argo.yaml_text import Tree

GROUP, VERSION, WORKFLOWS = "argoproj.io", "v1alpha1", "workflows"
NO_ANSWER = 0
GONE, NOT_FOUND, CONFLICT, FORBIDDEN, UNAUTHORIZED = 410, 404, 409, 403, 401
_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 30
_LOG_SECONDS = 3600
"""The longest silence of a log; then it is asked for again."""


class ApiError(Exception):
    """What Kubernetes answered instead of the thing asked for.

    Attributes:
        status: The HTTP status; `NO_ANSWER` when the connection failed.
        message: Kubernetes' own words.
        causes: The parts of it that name a field: of a conflict each field with who has set it.
    """

    def __init__(self, status: int, message: str, causes: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.causes = causes

    @property
    def passes(self) -> bool:
        """Whether the same call may succeed later: no connection, too many requests, or a server in trouble."""
        return self.status in (NO_ANSWER, GONE, 429) or self.status >= 500


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object as the API server calls it."""

    group: str
    version: str
    plural: str


class Cluster:
    """A namespace of a Kubernetes cluster with Argo Workflows. All methods raise `ApiError`; safe for threads.

    Args:
        client: The module `kubernetes.client`.
        api: Its `ApiClient`.
        namespace: The namespace of runs.
    """

    def __init__(self, client: Any, api: Any, namespace: str) -> None:
        # Late, because it comes with the client.
        from urllib3.exceptions import HTTPError

        self.namespace = namespace
        self._refusal: type[Exception] = client.ApiException
        self._failures = (HTTPError, OSError, json.JSONDecodeError)
        self._api = api
        self._custom = client.CustomObjectsApi(api)
        self._core = client.CoreV1Api(api)
        self._place = (GROUP, VERSION, namespace, WORKFLOWS)

    def create(self, workflow: Mapping[str, Tree]) -> None:
        """Submits a Workflow."""
        with self._answers():
            self._custom.create_namespaced_custom_object(*self._place, workflow, _request_timeout=_answer())

    def stop(self, name: str, strategy: str = "Terminate") -> None:
        """Ends a Workflow's pods, and lets none start any more; with the strategy `Stop` but those of exit hooks."""
        with self._answers():
            change = {"spec": {"shutdown": strategy}}
            self._custom.patch_namespaced_custom_object(*self._place, name, change, _request_timeout=_answer())

    def change(self, name: str, change: Mapping[str, Any]) -> None:
        """Merges a change into a Workflow. `ApiError` 409 when it holds a `resourceVersion` that is not the newest."""
        with self._answers():
            self._custom.patch_namespaced_custom_object(*self._place, name, change, _request_timeout=_answer())

    def workflow(self, name: str) -> tuple[Mapping[str, Any], str]:
        """A Workflow, and the version from which to watch it. Raises `ApiError` 404 when there is none."""
        with self._answers():
            # A list, because its version is of now; that of an object may be too old to watch from.
            found = self._custom.list_namespaced_custom_object(
                *self._place, field_selector=f"metadata.name={name}", _request_timeout=_answer()
            )
        if not found["items"]:
            raise ApiError(NOT_FOUND, f'workflows.argoproj.io "{name}" not found')
        return found["items"][0], found["metadata"]["resourceVersion"]

    def changes(self, name: str, version: str, seconds: int) -> Generator[Mapping[str, Any]]:
        """The Workflow after each change since a version, for some seconds. `ApiError` 404 when it is deleted."""
        with self._answers():
            response = self._custom.list_namespaced_custom_object(
                *self._place,
                watch=True,
                field_selector=f"metadata.name={name}",
                resource_version=version,
                timeout_seconds=seconds,
                _preload_content=False,
                _request_timeout=(_CONNECT_SECONDS, seconds + _ANSWER_SECONDS),
            )
            for line in _lines(response):
                yield _changed(json.loads(line))

    def objects(self, kind: Kind, labels: str) -> list[Mapping[str, Any]]:
        """The objects of a kind that have some labels."""
        with self._answers():
            return self._custom.list_namespaced_custom_object(
                kind.group,
                kind.version,
                self.namespace,
                kind.plural,
                label_selector=labels,
                _request_timeout=_answer(),
            )["items"]

    def delete(self, kind: Kind, name: str, only: Mapping[str, str] | None = None) -> None:
        """Deletes an object, and with it what it owns. Raises `ApiError` 404 when there is none.

        With `only` it must have that `uid` and `resourceVersion`, else `ApiError` 409.
        """
        body = {"preconditions": dict(only)} if only else None
        with self._answers():
            self._custom.delete_namespaced_custom_object(
                kind.group, kind.version, self.namespace, kind.plural, name, body=body, _request_timeout=_answer()
            )

    def get(self, kind: Kind, name: str) -> Mapping[str, Any]:
        """An object. Raises `ApiError` 404 when there is none."""
        with self._answers():
            return self._custom.get_namespaced_custom_object(
                kind.group, kind.version, self.namespace, kind.plural, name, _request_timeout=_answer()
            )

    def ask(self, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """The JSON at a path of the API, such as `/version`; with a body it is created there."""
        with self._answers():
            response = self._api.call_api(
                path,
                "GET" if body is None else "POST",
                header_params={"Content-Type": "application/json", "Accept": "application/json"},
                body=body,
                auth_settings=["BearerToken"],
                _preload_content=False,
                _return_http_data_only=True,
                _request_timeout=_answer(),
            )
            return json.loads(response.data)

    def apply(
        self, kind: Kind, tree: Mapping[str, Any], manager: str, *, dry_run: bool = False, force: bool = False
    ) -> Mapping[str, Any]:
        """The object after a server-side apply; `ApiError` 409 with causes when others have set a field differently."""
        place = (
            f"/apis/{kind.group}/{kind.version}/namespaces/{self.namespace}/{kind.plural}/{tree['metadata']['name']}"
        )
        options = {"fieldManager": manager, "force": str(force).lower(), **({"dryRun": "All"} if dry_run else {})}
        with self._answers():
            response = self._api.call_api(
                place,
                "PATCH",
                query_params=list(options.items()),
                header_params={"Content-Type": "application/apply-patch+yaml", "Accept": "application/json"},
                body=tree,
                auth_settings=["BearerToken"],
                _preload_content=False,
                _return_http_data_only=True,
                _request_timeout=_answer(),
            )
            return json.loads(response.data)

    def pod(self, name: str) -> Mapping[str, Any]:
        """A pod."""
        with self._answers():
            response = self._core.read_namespaced_pod(
                name, self.namespace, _preload_content=False, _request_timeout=_answer()
            )
            return json.loads(response.data)

    def log(self, pod: str, container: str, *, follow: bool = True) -> Generator[str]:
        """The lines that a container has printed, each after its time; with `follow` until it ends."""
        with self._answers():
            response = self._core.read_namespaced_pod_log(
                pod,
                self.namespace,
                container=container,
                follow=follow,
                timestamps=True,
                _preload_content=False,
                _request_timeout=(_CONNECT_SECONDS, _LOG_SECONDS),
            )
            yield from _lines(response)

    @contextmanager
    def _answers(self) -> Generator[None]:
        try:
            yield
        except self._refusal as error:
            raise ApiError(int(getattr(error, "status", 0) or NO_ANSWER), _message(error), _causes(error)) from error
        except self._failures as error:
            raise ApiError(NO_ANSWER, f"{type(error).__name__}: {error}") from error


def _answer() -> tuple[int, int]:
    return (_CONNECT_SECONDS, _ANSWER_SECONDS)


def _lines(response: Any) -> Iterator[str]:
    """The lines of a response as they come; its connection is closed when nobody reads on."""
    try:
        for line in response:
            yield line.decode(errors="replace").rstrip("\r\n")
    finally:
        response.close()


def _changed(event: Mapping[str, Any]) -> Mapping[str, Any]:
    found = event["object"]
    if event["type"] == "ERROR":
        raise ApiError(int(found.get("code") or NO_ANSWER), str(found.get("message", "")))
    if event["type"] == "DELETED":
        raise ApiError(NOT_FOUND, "the workflow was deleted")
    return found


def _message(error: Exception) -> str:
    """Kubernetes' message; its answers are `Status` objects."""
    try:
        return str(json.loads(str(getattr(error, "body", "")))["message"])
    except (ValueError, KeyError, TypeError):
        return str(getattr(error, "reason", "") or error)


def _causes(error: Exception) -> tuple[tuple[str, str], ...]:
    """The fields that a `Status` names, each with what is wrong there."""
    try:
        causes = json.loads(str(getattr(error, "body", "")))["details"]["causes"]
        return tuple((str(cause["field"]), str(cause["message"])) for cause in causes)
    except (ValueError, KeyError, TypeError):
        return ()
