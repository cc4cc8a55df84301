"""The handler of raw containers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from jetbridge import ContainerTask, FlyteFile, PodTemplate, Secret, kwtypes
from jetbridge.errors import JetbridgeError
from jetbridge.idl import TaskTemplate
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import task_template
from jetbridge_plugins.raw_container.plan import HANDLER
from jetbridge_translators.handler import BuildContext
from jetbridge_translators.plan.companion import engine_options
from jetbridge_translators.work import ForeignWork, PodWork


def template(**options: Any) -> TaskTemplate:
    given: dict[str, Any] = {
        "command": ["run"],
        "arguments": ["{{.inputs.n}}", "a<b", "{{.namespaced}}"],
        "inputs": kwtypes(n=int),
        "outputs": kwtypes(text=str, file=FlyteFile),
    }
    return task_template(ContainerTask("raw", "box:1", **{**given, **options}), SerializationSettings(image="img:1"))


def build(changed: TaskTemplate, inputs: tuple[str, ...] = ("n",)) -> ForeignWork:
    work = HANDLER.build_resource(changed, BuildContext(inputs, workflow="flows.all"))
    assert isinstance(work, ForeignWork)
    return work


def test_a_program_gets_a_companion_that_gives_it_files() -> None:
    work = build(template(input_data_dir="/in/", output_data_dir="/out", environment={"A": "1"}))
    assert (work.image, work.command, work.reads_store, work.own_image) == (
        "box:1",
        ("jetbridge-companion",),
        False,
        True,
    )
    assert work.folders == (("inputs", "/in"), ("outputs", "/out"))
    assert {"--protocol=copilot", "--input-folder=/in/", "--output-folder=/out", "--metadata-format=json"} <= {
        *work.args
    }
    assert work.args[work.args.index("--") + 1 :] == ("run", "<inputs.n>", "a<<b", "{{.namespaced}}")
    assert dict(work.env)["A"] == "1"
    assert dict(work.env)["FLYTE_INTERNAL_EXECUTION_WORKFLOW"] == "::flows.all"


def test_flytes_own_folders_are_the_default() -> None:
    work = build(template())
    assert work.folders == (("inputs", "/var/flyte/inputs"), ("outputs", "/var/flyte/outputs"))


def test_without_files_the_program_reads_and_writes_messages() -> None:
    changed = template()
    changed.container.data_config.Clear()
    work = build(changed)
    assert ("--protocol=pyflyte" in work.args, work.folders, work.own_image) == (True, (), True)


def test_a_pod_around_it_keeps_its_folders() -> None:
    pod = PodTemplate({"containers": [{"name": "side", "image": "s:1", "command": ["x"]}]})
    work = HANDLER.build_resource(template(pod_template=pod, input_data_dir="/in"), BuildContext(("n",)))
    assert isinstance(work, PodWork)
    assert isinstance(work.main, ForeignWork)
    assert work.main.folders[0] == ("inputs", "/in")


def test_a_machine_makes_the_container_itself() -> None:
    secrets = [
        Secret("db", "user", mount_requirement=Secret.MountType.ENV_VAR, env_var="USER_NAME"),
        Secret("db", "password"),
        Secret("db", "key", mount_requirement=Secret.MountType.FILE),
    ]
    work = build(template(environment={"A": "1"}, secret_requests=secrets))
    options = engine_options(work)
    assert options[:2] == ("--image=box:1", "--variable=A")
    assert options[-2:] == ("--variable=USER_NAME", "--variable=_FSEC_DB_PASSWORD")


def _frames() -> TaskTemplate:
    return template(outputs=kwtypes(frame=pd.DataFrame, files=list[FlyteFile]))


REFUSED: dict[str, tuple[Callable[[], TaskTemplate], str]] = {
    "no command": (lambda: template(command=[]), "names no command"),
    "data frames": (_frames, "'files' is .*, 'frame' is"),
    "relative": (lambda: template(input_data_dir="in"), "'in', at which no volume can lie"),
    "root": (lambda: template(output_data_dir="/"), "'/', at which no volume can lie"),
    "ours": (lambda: template(output_data_dir="/var/jetbridge/x"), "where Jetbridge's own files lie"),
    "one": (lambda: template(input_data_dir="/d", output_data_dir="/d/"), "in one folder, '/d'"),
    "namespace": (lambda: template(arguments=["{{.namespace}}"]), "namespace"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_run_is_refused_with_a_way_out(name: str) -> None:
    make, message = REFUSED[name]
    with pytest.raises(JetbridgeError, match=message) as caught:
        build(make())
    assert caught.value.hint
