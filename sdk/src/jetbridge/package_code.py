"""The code bundle inside a package, as its tasks ask for it: `pyflyte-fast-execute --additional-distribution URI … --`.

flytekit leaves two arguments open that whoever registers the package fills in (flytectl `register_util.go`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from google.protobuf.struct_pb2 import ListValue

from jetbridge.idl import TaskTemplate

BUNDLE_PLACE = "{{ .remote_package_path }}"
FOLDER_PLACE = "{{ .dest_dir }}"
_HERE = "."
_COMMAND_FOLLOWS = "--"


def with_code(template: TaskTemplate, uri: str) -> TaskTemplate:
    """The task with its arguments completed.

    Args:
        template: The task.
        uri: Where the bundle will be; empty when the task's modules are where it runs, and nothing is fetched.
    """
    if not _asks(template.container.args) and not any(map(_asks, _pod_args(template))):
        return template
    copy = TaskTemplate()
    copy.CopyFrom(template)
    if copy.HasField("container"):  # else naming it would put it in the place of the pod
        copy.container.args[:] = with_bundle(copy.container.args, uri)
    for args in _pod_lists(copy):
        texts = with_bundle([value.string_value for value in args.values], uri)
        del args.values[:]
        args.extend(texts)
    return copy


def with_bundle(args: Sequence[str], uri: str) -> list[str]:
    """A container's arguments, completed or without the command that fetches code.

    Example:
        >>> fast = ["pyflyte-fast-execute", "--additional-distribution", BUNDLE_PLACE, "--", "run"]
        >>> with_bundle(fast, "s3://b/c.tar.gz")
        ['pyflyte-fast-execute', '--additional-distribution', 's3://b/c.tar.gz', '--', 'run']
        >>> with_bundle(fast, "")
        ['run']
    """
    if not _asks(args):
        return list(args)
    if not uri:
        return list(args)[list(args).index(_COMMAND_FOLLOWS) + 1 :] if _COMMAND_FOLLOWS in args else list(args)
    filled = {BUNDLE_PLACE: uri, FOLDER_PLACE: _HERE}
    return [filled.get(arg, arg) for arg in args]


def _asks(args: Iterable[str]) -> bool:
    return BUNDLE_PLACE in args


def _pod_args(template: TaskTemplate) -> list[list[str]]:
    return [[value.string_value for value in args.values] for args in _pod_lists(template)]


def _pod_lists(template: TaskTemplate) -> list[ListValue]:
    """The `args` of each container of a pod; none where the task is no pod."""
    spec = template.k8s_pod.pod_spec.fields
    containers = spec["containers"].list_value.values if "containers" in spec else ()
    fields = [container.struct_value.fields for container in containers]
    return [each["args"].list_value for each in fields if "args" in each]
