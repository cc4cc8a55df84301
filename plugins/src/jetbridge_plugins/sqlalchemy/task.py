"""flytekit's SQLAlchemy tasks, with its names and its form on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jetbridge.idl import Container, TaskTemplate
from jetbridge.resources import resources_message
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.template_task import TaskMetadata
from jetbridge.types.structured_dataset import StructuredDataset
from jetbridge_plugins.sql.connection import check_connection
from jetbridge_plugins.sql.task import SQLConfig, StatementTask, Types, run_here

TASK_TYPE = "sqlalchemy"
ENTRYPOINT = "jetbridge-execute"
RESOLVER = "jetbridge_plugins.sql.run.resolver"


@dataclass(frozen=True, slots=True)
class SQLAlchemyConfig(SQLConfig):
    """A database, under flytekit's name."""


class SQLAlchemyTask(StatementTask):
    """A statement in a container of its own, with flytekit's arguments.

    Args:
        name: The task's name, unique in its package.
        query_template: The statement, with `{{ .inputs.x }}` for values.
        task_config: The database.
        inputs: Types by name.
        output_schema_type: The type of the output `results`; None for a task without outputs.
        metadata: flytekit's way to give options.
        options: Options of `@task`, such as `container_image=`, `requests=` and `retries=`.

    Example:
        >>> from jetbridge import kwtypes
        >>> count = SQLAlchemyTask(
        ...     name="birds.count",
        ...     query_template="SELECT {{ .inputs.n }} + 1",
        ...     task_config=SQLAlchemyConfig(uri="sqlite://"),
        ...     inputs=kwtypes(n=int),
        ...     output_schema_type=int,
        ... )
        >>> count(n=4)
        5
    """

    def __init__(
        self,
        name: str,
        query_template: str,
        task_config: SQLConfig,
        inputs: Types | None = None,
        output_schema_type: Any = StructuredDataset,
        *,
        metadata: TaskMetadata | None = None,
        **options: Any,
    ) -> None:
        self.task_config = task_config
        outputs = {} if output_schema_type is None else {"results": output_schema_type}
        super().__init__(
            "SQLAlchemyTask", name, query_template, TASK_TYPE, (inputs, outputs), self._run, metadata, options
        )

    def write(self, template: TaskTemplate, settings: SerializationSettings) -> None:
        check_connection(f"task {self.name!r}", self.task_config.uri, self.task_config.connect_args or {})
        template.custom.update({"query_template": self.query_template, **self.task_config.custom()})
        template.container.CopyFrom(self._container(settings))

    def _container(self, settings: SerializationSettings) -> Container:
        own = self.settings
        container = Container(
            image=settings.image_of(own.container_image),
            args=list(_ARGS),
            resources=resources_message(own.requests, own.limits, own.resources),
        )
        for key, value in {**settings.env, **own.environment}.items():
            container.env.add(key=key, value=value)
        return container

    def _run(self, **values: Any) -> Any:
        return run_here(self, self.task_config, values)


_ARGS = (
    ENTRYPOINT,
    *("--inputs", "{{.input}}"),
    *("--output-prefix", "{{.outputPrefix}}"),
    *("--raw-output-data-prefix", "{{.rawOutputDataPrefix}}"),
    *("--resolver", RESOLVER),
    "--",
    "{{.taskTemplatePath}}",
    "jetbridge_plugins.sql.run.run_query",
)
"""flytekit's, with our names: on Flyte the entrypoint reads the task's message, which propeller stores."""
