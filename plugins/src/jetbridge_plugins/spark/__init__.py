"""Spark tasks: `from jetbridge_plugins.spark import Spark`."""

from jetbridge_plugins.spark.task import Spark

__all__ = ["Spark"]
