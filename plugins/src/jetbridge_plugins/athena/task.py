"""Authoring statements on Amazon Athena, with flytekit's names and its form on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jetbridge.compiler.context import IMAGE_KEY
from jetbridge.idl import TaskTemplate
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.template_task import TaskMetadata
from jetbridge_plugins.sql.task import StatementTask, Types, query_here, refuse_container_options

TASK_TYPE = "presto"
"""Flyte's Athena plugin serves the type of its Presto plugin."""


@dataclass(frozen=True, slots=True)
class AthenaConfig:
    """Where a statement runs.

    Attributes:
        database: The database of tables that the statement names without one.
        workgroup: The workgroup, which may say where results lie and what a statement may cost.
        catalog: The data catalog.
    """

    database: str | None = None
    workgroup: str | None = None
    catalog: str | None = None

    def custom(self, statement: str) -> dict[str, Any]:
        """FlyteIDL's PrestoQuery as JSON: empty values left out."""
        fields = {
            "statement": statement,
            "schema": self.database,
            "routingGroup": self.workgroup,
            "catalog": self.catalog,
        }
        return {name: value for name, value in fields.items() if value}


class AthenaTask(StatementTask):
    """A statement on Amazon Athena. Values are Athena's execution parameters.

    Args:
        name: The task's name, unique in its package.
        query_template: The statement, with `{{ .inputs.x }}` for values.
        task_config: Where it runs.
        inputs: Types by name.
        output_schema_type: The type of the output `results`; None for a task without outputs.
        metadata: flytekit's way to give options.
        options: Options of `@task`.

    Example:
        >>> from jetbridge import kwtypes
        >>> AthenaTask(
        ...     name="birds.heavy",
        ...     query_template="SELECT * FROM birds WHERE mass > {{ .inputs.mass }}",
        ...     task_config=AthenaConfig(database="zoo", workgroup="primary"),
        ...     inputs=kwtypes(mass=float),
        ... ).query_template
        'SELECT * FROM birds WHERE mass > {{ .inputs.mass }}'
    """

    def __init__(
        self,
        name: str,
        query_template: str,
        task_config: AthenaConfig | None = None,
        inputs: Types | None = None,
        output_schema_type: Any = None,
        *,
        metadata: TaskMetadata | None = None,
        **options: Any,
    ) -> None:
        refuse_container_options("AthenaTask", options)
        self.task_config = task_config or AthenaConfig()
        outputs = {} if output_schema_type is None else {"results": output_schema_type}
        super().__init__("AthenaTask", name, query_template, TASK_TYPE, (inputs, outputs), self._run, metadata, options)

    def write(self, template: TaskTemplate, settings: SerializationSettings) -> None:
        template.custom.update(self.task_config.custom(self.query_template))
        template.config[IMAGE_KEY] = settings.image_of(self.settings.container_image)

    def _run(self, **values: Any) -> Any:
        from jetbridge_plugins.athena.run import run_query

        options = self.task_config.custom("")
        return run_query(query_here(self, options), **values)
