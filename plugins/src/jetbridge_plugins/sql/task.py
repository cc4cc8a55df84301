"""Authoring statements: `SQLTask(name=…, query_template="SELECT …", task_config=SQLConfig(uri=…))`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from jetbridge.compiler.context import IMAGE_KEY
from jetbridge.errors import UsageError
from jetbridge.idl import SqlMessage, TaskTemplate
from jetbridge.interface import Interface, Variable, typed_interface
from jetbridge.secret import Secret
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.task import task_settings
from jetbridge.template_task import TaskMetadata, TemplateTask
from jetbridge_plugins.sql.connection import check_connection, secret_to_dict
from jetbridge_plugins.sql.database import options_of
from jetbridge_plugins.sql.interface import check_inputs
from jetbridge_plugins.sql.query import Query
from jetbridge_plugins.sql.statement import Statement, folded, parse

TASK_TYPE = "sql_task"
OF_A_CONTAINER = ("environment", "requests", "limits", "resources", "pod_template", "shared_memory", "accelerator")
"""What a task without a container cannot ask for, because FlyteIDL has no place for it."""
Types = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StatementConfig:
    """The kind of a task that is a statement: what `@task` would take as `task_config`."""

    task_type: str

    def custom(self) -> Mapping[str, object]:
        """Nothing: the task itself writes it."""
        return {}

    def session(self) -> AbstractContextManager[Mapping[str, object]]:
        """Nothing."""
        return nullcontext({})


class StatementTask(TemplateTask):
    """What all tasks that are statements have: a template, typed inputs, and at most a table or values as outputs.

    Args:
        kind: What messages call such a task.
        name: The task's name, unique in its package.
        query_template: The statement, with `{{ .inputs.x }}` for values.
        task_type: FlyteIDL's task type.
        types: The Python types of the inputs, and of the outputs.
        run: Runs the task in this process.
        metadata: flytekit's way to give options.
        options: Options of `@task`.
    """

    def __init__(
        self,
        kind: str,
        name: str,
        query_template: str,
        task_type: str,
        types: tuple[Types | None, Types | None],
        run: Callable[..., Any],
        metadata: TaskMetadata | None,
        options: Mapping[str, Any],
    ) -> None:
        given = {} if metadata is None else metadata.options()
        settings = task_settings(kind, task_config=StatementConfig(task_type), **{**given, **options})
        inputs, outputs = ({key: Variable(each) for key, each in (side or {}).items()} for side in types)
        interface = Interface(inputs, outputs, several_outputs=len(outputs) > 1)
        super().__init__(name, interface, settings, _as_declared(run, list(outputs)), self._fill)
        self.query_template = folded(query_template)

    def _fill(self, template: TaskTemplate, settings: SerializationSettings) -> None:
        """Writes the target and the custom. Raises `JetbridgeError` for a statement that cannot be run."""
        self.parsed()
        check_inputs(template.interface)
        self.write(template, settings)

    def parsed(self) -> Statement:
        """The statement. Raises `StatementError` for one that cannot be run."""
        return parse(self.query_template, self.interface.inputs)

    def write(self, template: TaskTemplate, settings: SerializationSettings) -> None:
        """Writes what the kind of task has of its own."""
        raise NotImplementedError


def _as_declared(run: Callable[..., Any], names: Sequence[str]) -> Callable[..., Any]:
    """A call here gives several outputs in the author's order; a statement gives them sorted by name."""
    places = [sorted(names).index(name) for name in names]

    def ordered(*args: Any, **values: Any) -> Any:
        found = run(*args, **values)
        return tuple(found[place] for place in places) if len(places) > 1 else found

    return ordered


@dataclass(frozen=True, slots=True)
class SQLConfig:
    """A database.

    Attributes:
        uri: An SQLAlchemy URL without credentials, such as `postgresql+psycopg://reader@db:5432/birds`.
        connect_args: What the driver is told beside it.
        secret_connect_args: What it is told that is secret, by reference.
        connection: The name under which an engine with connections of its own, such as Airflow, knows the database.
    """

    uri: str
    connect_args: Mapping[str, Any] | None = None
    secret_connect_args: Mapping[str, Secret] | None = None
    connection: str = ""

    def custom(self) -> dict[str, Any]:
        """The database as flytekit's SQLAlchemy tasks have it in their `custom`."""
        secrets = self.secret_connect_args
        named = None if secrets is None else {name: secret_to_dict(secret) for name, secret in secrets.items()}
        connection = {"connection": self.connection} if self.connection else {}
        return {
            "uri": self.uri,
            "connect_args": dict(self.connect_args or {}),
            "secret_connect_args": named,
            **connection,
        }


class SQLTask(StatementTask):
    """A statement on a database that SQLAlchemy reaches: FlyteIDL's sql target.

    Values are bound parameters. The output may be a `StructuredDataset`, a list of rows or values, or the value of one
    row; several outputs are the columns of one row.

    Args:
        name: The task's name, unique in its package.
        query_template: The statement, with `{{ .inputs.x }}` for values and `{{ .inputs.x | identifier }}` for names.
        task_config: The database.
        inputs: Types by name.
        outputs: Types by name.
        metadata: flytekit's way to give options.
        options: Options of `@task`, such as `retries=` and `cache=`.

    Example:
        >>> from jetbridge import kwtypes
        >>> heavy = SQLTask(
        ...     name="birds.heavy",
        ...     query_template="SELECT {{ .inputs.grams }} / 1000.0",
        ...     task_config=SQLConfig(uri="sqlite://"),
        ...     inputs=kwtypes(grams=int),
        ...     outputs=kwtypes(kilograms=float),
        ... )
        >>> heavy(grams=4200)
        4.2
    """

    def __init__(
        self,
        name: str,
        query_template: str,
        task_config: SQLConfig,
        *,
        inputs: Types | None = None,
        outputs: Types | None = None,
        metadata: TaskMetadata | None = None,
        **options: Any,
    ) -> None:
        refuse_container_options("SQLTask", options)
        self.task_config = task_config
        super().__init__("SQLTask", name, query_template, TASK_TYPE, (inputs, outputs), self._run, metadata, options)

    def write(self, template: TaskTemplate, settings: SerializationSettings) -> None:
        check_connection(f"task {self.name!r}", self.task_config.uri, self.task_config.connect_args or {})
        template.sql.CopyFrom(SqlMessage(statement=self.query_template, dialect=SqlMessage.ANSI))
        template.custom.update(self.task_config.custom())
        template.config[IMAGE_KEY] = settings.image_of(self.settings.container_image)

    def _run(self, **values: Any) -> Any:
        return run_here(self, self.task_config, values)


def run_here(task: StatementTask, config: SQLConfig, values: Mapping[str, Any]) -> Any:
    """Runs a statement in this process. Raises what `run_query` raises."""
    from jetbridge_plugins.sql.run import run_query

    check_connection(f"task {task.name!r}", config.uri, config.connect_args or {})
    return run_query(query_here(task, options_of(config.custom())), **values)


def query_here(task: StatementTask, options: Mapping[str, Any]) -> Query:
    """The query of a task that is called as a function."""
    return Query(
        name=task.name,
        statement=task.parsed(),
        interface=typed_interface(task.interface),
        options=options,
    )


def refuse_container_options(kind: str, options: Mapping[str, Any]) -> None:
    """Raises `UsageError` for options of a container, where FlyteIDL has none."""
    found = [name for name in options if name in OF_A_CONTAINER]
    if found:
        raise UsageError(
            f"{kind} takes no {found[0]}=: its task has no container in FlyteIDL",
            hint="Set it on a SQLAlchemyTask, which has one.",
        )
