"""Statements on Amazon Athena: `from jetbridge_plugins.athena import AthenaConfig, AthenaTask`."""

from jetbridge_plugins.athena.task import AthenaConfig, AthenaTask

__all__ = ["AthenaConfig", "AthenaTask"]
