"""Authoring: a command whose inputs are quoted values, and whose outputs are files that it writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

from jetbridge.errors import UsageError
from jetbridge.idl import TaskTemplate
from jetbridge.interface import Interface, Variable
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.task import task_settings
from jetbridge.template_task import TemplateTask
from jetbridge_shell.run import RESOLVER, TYPES, run_command

TASK_TYPE = "shell"
Types = Mapping[str, type]


@dataclass(frozen=True)
class ShellConfig:
    """What makes it a task of this type, and what its FlyteIDL message holds of it."""

    command: str
    task_type: str = TASK_TYPE

    def custom(self) -> Mapping[str, object]:
        """What goes into `TaskTemplate.custom`."""
        return {"command": self.command}

    def session(self) -> AbstractContextManager[Mapping[str, object]]:
        """Nothing surrounds the command."""
        return nullcontext({})


class ShellTask(TemplateTask):
    """A command of the shell.

    Args:
        name: The task's name, unique in its package.
        command: The command, with `{inputs.x}` for a quoted value and `{outputs.y}` for the file of an output.
        inputs: Types by name: int, float, bool or str.
        outputs: The same.
        options: Options of `@task`, such as `retries=` and `environment=`.

    Example:
        >>> count = ShellTask("m.count", "printf %s {inputs.text} | wc -c > {outputs.n}", {"text": str}, {"n": int})
        >>> count(text="it's")
        4
    """

    def __init__(
        self, name: str, command: str, inputs: Types | None = None, outputs: Types | None = None, **options: Any
    ) -> None:
        given, made = dict(inputs or {}), dict(outputs or {})
        wrong = [key for key, each in {**given, **made}.items() if each not in TYPES.values()]
        if wrong:
            raise UsageError(
                f"ShellTask {name!r}: {wrong[0]!r} is no int, float, bool or str", hint="Pass text or a path."
            )
        interface = Interface(
            {key: Variable(each) for key, each in given.items()},
            {key: Variable(each) for key, each in made.items()},
            several_outputs=len(made) > 1,
        )
        self._types = {"inputs": _names(given), "outputs": _names(made)}
        self._command = command
        settings = task_settings("ShellTask", task_config=ShellConfig(command), **options)
        super().__init__(name, interface, settings, partial(run_command, command, made), self._fill)

    def _fill(self, template: TaskTemplate, settings: SerializationSettings) -> None:
        """The container: our entrypoint with a resolver of this package, which needs no module of the author's."""
        container = template.container
        container.image = settings.image_of(self.settings.container_image)
        task = json.dumps({"command": self._command, **self._types})
        container.args.extend(["jetbridge-execute", "--resolver", RESOLVER, "--", template.id.name, task])
        for key, value in {**settings.env, **self.settings.environment}.items():
            container.env.add(key=key, value=value)


def _names(types: Types) -> dict[str, str]:
    return {key: next(name for name, each in TYPES.items() if each is kind) for key, kind in types.items()}
