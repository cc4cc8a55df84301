"""The Spark session around a task's function, on the worker: in this process, or of the application that it drives."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jetbridge.errors import UsageError
from jetbridge.runtime.context import current_context

NAME = "spark_session"
_SUBMITTED = "PYSPARK_GATEWAY_PORT"
"""spark-submit tells the Python that it starts so where Spark's JVM is (pyspark `java_gateway.py`)."""
_HERE = {
    "spark.master": "local[*]",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""A session of this process alone: it needs no address that others reach, and no web page."""


@contextmanager
def spark_session(spark_conf: Mapping[str, str], hadoop_conf: Mapping[str, str]) -> Generator[Mapping[str, object]]:
    """The session of the application that runs this process, or else one of this process, until the block ends.

    Args:
        spark_conf: The task's properties of Spark. An application has them already.
        hadoop_conf: Its properties of Hadoop.

    Raises:
        UsageError: there is no Java, or no pyspark.
    """
    is_submitted = _SUBMITTED in os.environ
    if not is_submitted:
        _require_java(os.environ)
        # Its workers are processes of this Python; pyspark's own choice is the first `python3` on PATH.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    sql = _pyspark()
    given = {**spark_conf, **_hadoop(hadoop_conf)}
    own = {} if is_submitted else {**_HERE, **given}
    store = {name: value for name, value in _hadoop(store_conf(os.environ)).items() if name not in given}
    earlier = sql.SparkSession.getActiveSession()
    session = _builder(sql, {**own, **store}).getOrCreate()
    try:
        _ship_code(session)
        yield {NAME: session}
    finally:
        if earlier is None:
            session.stop()


def _builder(sql: Any, conf: Mapping[str, str]) -> Any:
    builder = sql.SparkSession.builder.appName(f"Jetbridge: {current_context().execution_id}")
    for name, value in conf.items():
        builder = builder.config(name, value)
    return builder


def _pyspark() -> Any:
    try:
        return importlib.import_module("pyspark.sql")
    except ImportError as error:
        raise UsageError(
            f"a Spark task needs pyspark, which cannot be imported: {error}",
            hint="pip install 'jetbridge-plugins[spark]'",
        ) from error


def _require_java(environ: Mapping[str, str]) -> None:
    """Pyspark itself only says that its gateway has exited."""
    home = environ.get("JAVA_HOME", "")
    if (home and (Path(home) / "bin" / "java").exists()) or shutil.which("java", path=environ.get("PATH")):
        return
    raise UsageError(
        f"Spark needs Java, and there is none: {f'JAVA_HOME={home} has no bin/java' if home else 'not on PATH'}",
        hint="Install a Java 17 or newer (Debian: openjdk-17-jre-headless), or let JAVA_HOME name one.",
    )


def _hadoop(conf: Mapping[str, str]) -> dict[str, str]:
    return {f"spark.hadoop.{name}": value for name, value in conf.items()}


def store_conf(environ: Mapping[str, str]) -> dict[str, str]:
    """What Hadoop's S3 client must be told to find the store that this process uses; credentials it reads itself.

    Example:
        >>> store_conf({"AWS_ENDPOINT_URL": "http://minio:9000"})["fs.s3a.connection.ssl.enabled"]
        'false'
    """
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION", "")
    endpoint = environ.get("AWS_ENDPOINT_URL", "")
    named = {"fs.s3a.endpoint.region": region or _ANY_REGION} if region or endpoint else {}
    if not endpoint:
        return named
    plain = "false" if endpoint.startswith("http://") else "true"
    own = {"fs.s3a.endpoint": endpoint, "fs.s3a.path.style.access": "true", "fs.s3a.connection.ssl.enabled": plain}
    return {**own, **named}


_ANY_REGION = "us-east-1"
"""Services other than AWS rarely look at the region, and the client must have one."""


def _ship_code(session: Any) -> None:
    """The user's code for the executors, which do not unpack the bundle themselves."""
    context = current_context()
    if context.code_folder is None:
        return
    archive = shutil.make_archive(str(context.working_directory / "jetbridge_code"), "zip", context.code_folder)
    session.sparkContext.addPyFile(archive)
