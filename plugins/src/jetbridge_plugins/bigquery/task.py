"""Authoring statements on Google BigQuery, with flytekit's names and its form on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from jetbridge.compiler.context import IMAGE_KEY
from jetbridge.idl import SqlMessage, TaskTemplate
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.template_task import TaskMetadata
from jetbridge_plugins.bigquery.statement import parse_named
from jetbridge_plugins.sql.statement import Statement
from jetbridge_plugins.sql.task import StatementTask, Types, query_here, refuse_container_options

TASK_TYPE = "bigquery_query_job_task"


class JobConfig(Protocol):
    """A `google.cloud.bigquery.QueryJobConfig`."""

    def to_api_repr(self) -> Mapping[str, Any]:
        """The configuration as BigQuery's REST API has it."""
        ...


@dataclass(frozen=True, slots=True)
class BigQueryConfig:
    """Where a statement runs, and how.

    Attributes:
        ProjectID: The project that pays.
        Location: Where the data lies, such as `EU`.
        QueryJobConfig: A `google.cloud.bigquery.QueryJobConfig`, such as the table that rows go to.
    """

    ProjectID: str
    Location: str | None = None
    QueryJobConfig: JobConfig | None = None

    def custom(self) -> dict[str, Any]:
        """The custom as flytekit writes it: the keys of the query's configuration beside its own."""
        given: Mapping[str, Any] = {} if self.QueryJobConfig is None else self.QueryJobConfig.to_api_repr()["query"]
        # Flyte's domain, which a package does not know.
        return {"Location": self.Location, "ProjectID": self.ProjectID, "Domain": "", **given}


class BigQueryTask(StatementTask):
    """A statement on Google BigQuery. Values are named query parameters: `@x`, or `{{ .inputs.x }}`.

    Args:
        name: The task's name, unique in its package.
        query_template: The statement.
        task_config: Where it runs.
        inputs: Types by name.
        output_structured_dataset_type: The type of the output `results`; None for a task without outputs.
        metadata: flytekit's way to give options.
        options: Options of `@task`.

    Example:
        >>> from jetbridge import kwtypes
        >>> BigQueryTask(
        ...     name="birds.heavy",
        ...     query_template="SELECT * FROM zoo.birds WHERE mass > @mass",
        ...     task_config=BigQueryConfig(ProjectID="zoo-123", Location="EU"),
        ...     inputs=kwtypes(mass=float),
        ... ).query_template
        'SELECT * FROM zoo.birds WHERE mass > @mass'
    """

    def __init__(
        self,
        name: str,
        query_template: str,
        task_config: BigQueryConfig,
        inputs: Types | None = None,
        output_structured_dataset_type: Any = None,
        *,
        metadata: TaskMetadata | None = None,
        **options: Any,
    ) -> None:
        refuse_container_options("BigQueryTask", options)
        self.task_config = task_config
        outputs = {} if output_structured_dataset_type is None else {"results": output_structured_dataset_type}
        super().__init__(
            "BigQueryTask", name, query_template, TASK_TYPE, (inputs, outputs), self._run, metadata, options
        )

    def parsed(self) -> Statement:
        return parse_named(self.query_template, self.interface.inputs)

    def write(self, template: TaskTemplate, settings: SerializationSettings) -> None:
        template.sql.CopyFrom(SqlMessage(statement=self.query_template, dialect=SqlMessage.ANSI))
        template.custom.update(self.task_config.custom())
        template.config[IMAGE_KEY] = settings.image_of(self.settings.container_image)

    def _run(self, **values: Any) -> Any:
        from jetbridge_plugins.bigquery.run import run_query

        return run_query(query_here(self, self.task_config.custom()), **values)
