"""Statements on databases: `from jetbridge_plugins.sql import SQLConfig, SQLTask`."""

from jetbridge_plugins.sql.task import SQLConfig, SQLTask

__all__ = ["SQLConfig", "SQLTask"]
