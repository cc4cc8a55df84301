"""Spark tasks: `from jetbridge_plugins.spark import Spark`."""

from jetbridge_plugins.spark.task import Databricks, DatabricksV2, Spark

__all__ = ["Databricks", "DatabricksV2", "Spark"]
