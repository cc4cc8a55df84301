"""flytekit's SQLAlchemy tasks: the statement is in the custom, and their own container is not needed."""

from __future__ import annotations

from jetbridge_plugins.sql.plan import build_resource
from jetbridge_translators.handler import TaskHandler
from jetbridge_translators.work import SqlWork

HANDLER = TaskHandler(build_resource=build_resource, shapes=(SqlWork,), summary="flytekit's SQLAlchemy tasks")
