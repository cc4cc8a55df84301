"""flytekit's SQLAlchemy tasks: `from jetbridge_plugins.sqlalchemy import SQLAlchemyConfig, SQLAlchemyTask`."""

from jetbridge_plugins.sqlalchemy.task import SQLAlchemyConfig, SQLAlchemyTask

__all__ = ["SQLAlchemyConfig", "SQLAlchemyTask"]
