"""Statements on Google BigQuery: `from jetbridge_plugins.bigquery import BigQueryConfig, BigQueryTask`."""

from jetbridge_plugins.bigquery.task import BigQueryConfig, BigQueryTask

__all__ = ["BigQueryConfig", "BigQueryTask"]
