"""The handler of Python tasks."""

from __future__ import annotations

import pytest

from jetbridge import Resources, Secret, task
from jetbridge.errors import JetbridgeError
from jetbridge.idl import TaskTemplate
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import task_template
from jetbridge_plugins.container.plan import HANDLER
from jetbridge_translators.handler import BuildContext
from jetbridge_translators.work import BindingMacro, ContainerWork, ForeignWork, SecretRef, Templated, Text


@task(
    environment={"B": "2", "A": "1"},
    requests=Resources(cpu="500m", gpu="1", ephemeral_storage="1Gi"),
    limits=Resources(mem="1Gi"),
    secret_requests=[
        Secret("db", "password"),
        Secret("db", "user", mount_requirement=Secret.MountType.ENV_VAR, env_var="USER_NAME"),
        Secret("db", "key", mount_requirement=Secret.MountType.FILE),
    ],
)
def full(n: int, text: str = "x") -> int:
    return n


def template() -> TaskTemplate:
    return task_template(full, SerializationSettings(image="img:1"))


def build(changed: TaskTemplate) -> ContainerWork:
    work = HANDLER.build_resource(changed, BuildContext(("n",)))
    assert isinstance(work, ContainerWork)
    return work


def test_a_task_becomes_container_work() -> None:
    work = build(template())
    assert (work.image, work.command) == ("img:1", ("jetbridge-execute",))
    assert work.args[3:] == (Text(("--bind=n=", BindingMacro("n"))), "--", *template().container.args[-4:])
    assert work.env == (("B", "2"), ("A", "1"))
    assert dict(work.requests) == {"cpu": "500m", "nvidia.com/gpu": "1", "ephemeral-storage": "1Gi"}
    assert dict(work.limits) == {"memory": "1Gi", "nvidia.com/gpu": "1"}
    assert work.secrets == (
        SecretRef("db", "password"),
        SecretRef("db", "user", "USER_NAME", "env_var"),
        SecretRef("db", "key", mount="file"),
    )


def test_an_entrypoint_in_the_command_is_ours_as_well() -> None:
    changed = template()
    args = list(changed.container.args)
    changed.container.command.append(args[0])
    del changed.container.args[0]
    assert build(changed) == build(template())


@pytest.mark.parametrize("args", [[], ["sh", "-c", "jetbridge-execute"]])
def test_another_entrypoint_is_refused_by_name(args: list[str]) -> None:
    changed = template()
    del changed.container.args[:]
    changed.container.args.extend(args)
    with pytest.raises(JetbridgeError, match=f"but {(args or ['nothing'])[0]!r}") as caught:
        build(changed)
    assert caught.value.hint


def test_a_task_without_a_container_is_refused() -> None:
    changed = template()
    changed.sql.statement = "SELECT 1"
    with pytest.raises(JetbridgeError, match="but 'nothing'"):
        build(changed)


def test_an_unknown_way_to_mount_a_secret_is_any_way() -> None:
    changed = template()
    changed.security_context.secrets[0].mount_requirement = 7  # type: ignore[assignment] # a later version's
    assert build(changed).secrets[0].mount == "any"


def foreign(*args: str, inputs: tuple[str, ...] = ("n",)) -> ForeignWork:
    changed = template()
    changed.container.ClearField("args")
    changed.container.args.extend(args)
    work = HANDLER.build_resource(changed, BuildContext(inputs, workflow="shop.all"))
    assert isinstance(work, ForeignWork)
    return work


def command_of(work: ForeignWork) -> tuple[Templated, ...]:
    return work.args[work.args.index("--") + 1 :]


def test_a_command_of_flytekit_gets_a_companion_that_knows_the_command() -> None:
    work = foreign("pyflyte-execute", "--inputs", "{{.input}}", "--prev-checkpoint", "{{ $PREVcheckpointPrefix }}<")
    assert (work.image, work.command, work.reads_store) == ("img:1", ("jetbridge-companion",), True)
    assert command_of(work) == (
        "pyflyte-execute",
        "--inputs",
        "<input>",
        "--prev-checkpoint",
        "<prevCheckpointPrefix><<",
    )
    assert "--protocol=pyflyte" in work.args
    assert dict(work.env)["FLYTE_INTERNAL_EXECUTION_WORKFLOW"] == "::shop.all"
    assert dict(work.env)["FLYTE_INTERNAL_TASK_NAME"] == template().id.name
    assert not any(isinstance(arg, str) and arg.startswith("--task-template") for arg in work.args)


def test_a_command_that_reads_the_task_template_is_given_it() -> None:
    work = foreign("pyflyte-execute", "--resolver", "r", "--", "{{.taskTemplatePath}}")
    assert command_of(work)[-1] == "<taskTemplatePath>"
    assert any(isinstance(arg, str) and arg.startswith("--task-template=") for arg in work.args)


def test_templates_of_inputs_are_left_alone_where_there_is_no_input() -> None:
    assert command_of(foreign("pyflyte-execute", "{{.inputs.N}}")) == ("pyflyte-execute", "<inputs.N>")
    assert command_of(foreign("pyflyte-execute", "{{.inputs.N}}", inputs=())) == ("pyflyte-execute", "{{.inputs.N}}")


def test_what_nobody_here_knows_is_refused() -> None:
    with pytest.raises(JetbridgeError, match="namespace"):
        foreign("pyflyte-execute", "{{.namespace}}")
