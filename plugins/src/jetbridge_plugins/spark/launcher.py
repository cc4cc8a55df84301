"""`jetbridge-spark`: what starts the containers of a Spark application, in place of the script in Spark's own images.

Spark starts a driver's container with `driver …` and an executor's with `executor` (Spark's `entrypoint.sh`). With this
script an image needs Java, pyspark and jetbridge-plugins, and no entrypoint of its own.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ENTRYPOINT = "jetbridge-execute"
_OF_THE_POD = (
    ("SPARK_DRIVER_BIND_ADDRESS", "spark.driver.bindAddress"),
    ("SPARK_DRIVER_HOST", "spark.driver.host"),
    ("SPARK_DRIVER_POD", "spark.kubernetes.driver.pod.name"),
    ("SPARK_DRIVER_NAMESPACE", "spark.kubernetes.namespace"),
)
"""Where the driver is. Spark itself gives the first in cluster mode; in client mode the task's pod has them all."""
APPLICATION = Path(__file__).parent / "application" / "entrypoint.py"
EXECUTOR_POD = "--executor-pod="
_PYTHON = "spark.pyspark.python"
_EXECUTOR = "org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend"


def main() -> None:
    """`jetbridge-spark driver|executor …`; anything else is a command that is run as it is."""
    role, *arguments = sys.argv[1:] or ["help"]
    if role not in _COMMANDS:
        os.execvp(role, [role, *arguments])  # noqa: S606 -- this process becomes that command, as in an entrypoint
    home = spark_home(os.environ)
    os.environ["SPARK_HOME"] = str(home)
    command = _COMMANDS[role](arguments, home, os.environ)
    sys.stdout.flush()
    os.execvp(command[0], command)  # noqa: S606 -- signals must reach Spark itself


def spark_home(environ: Mapping[str, str]) -> Path:
    """The image's Spark: `SPARK_HOME`, or that of pyspark."""
    given = environ.get("SPARK_HOME")
    if given:
        return Path(given)
    # Late, and only to find it: an import of pyspark takes a second.
    from importlib.util import find_spec

    found = find_spec("pyspark")
    if found is None or found.origin is None:
        sys.exit("jetbridge-spark: there is no Spark in this image\n\nHint: pip install 'jetbridge-plugins[spark]'")
    return Path(found.origin).parent


def driver_command(arguments: Sequence[str], home: Path, environ: Mapping[str, str]) -> list[str]:
    """spark-submit in the driver's own container."""
    bind = [text for name, key in _OF_THE_POD if environ.get(name) for text in ("--conf", f"{key}={environ[name]}")]
    pods = [argument.removeprefix(EXECUTOR_POD) for argument in arguments if argument.startswith(EXECUTOR_POD)]
    rest = [argument for argument in arguments if not argument.startswith(EXECUTOR_POD)]
    submit = [str(home / "bin" / "spark-submit"), *bind, "--deploy-mode", "client"]
    return [*submit, *_executor_pod(pods), *_completed(rest)]


def _executor_pod(pods: Sequence[str]) -> list[str]:
    """The executors' pod as the file that Spark reads; JSON is YAML."""
    if not pods:
        return []
    with tempfile.NamedTemporaryFile("w", prefix="executor-pod-", suffix=".json", delete=False) as file:
        json.dump(json.loads(pods[-1]), file)
    return ["--conf", f"spark.kubernetes.executor.podTemplateFile={file.name}"]


def _completed(arguments: Sequence[str]) -> list[str]:
    """The arguments with the Python and the main file exchanged for ours, where the image does not have them."""
    if ENTRYPOINT not in arguments:
        return list(arguments)
    at = arguments.index(ENTRYPOINT) - 1
    # The last one of two settings counts.
    return [*arguments[:at], *_python(arguments), _application(arguments[at]), *arguments[at + 1 :]]


def _python(arguments: Sequence[str]) -> list[str]:
    wanted = _configured(arguments)
    if not wanted or Path(wanted).exists():
        return []
    _say(f"there is no {wanted} in this image: {sys.executable} is the Python of driver and executors")
    both = (f"{_PYTHON}={sys.executable}", f"spark.pyspark.driver.python={sys.executable}")
    return [text for setting in both for text in ("--conf", setting)]


def _configured(arguments: Sequence[str]) -> str:
    """The Python in the options, or in the file of properties that spark-submit made in cluster mode."""
    settings = [argument for argument in arguments if argument.startswith(f"{_PYTHON}=")]
    if not settings and "--properties-file" in arguments:
        file = Path(arguments[arguments.index("--properties-file") + 1])
        lines = file.read_text().splitlines() if file.exists() else []
        settings = [line for line in lines if line.startswith(f"{_PYTHON}=")]
    return settings[-1].partition("=")[2] if settings else ""


def _application(given: str) -> str:
    named = given.removeprefix("local://").removeprefix("file://")
    if "://" in named or Path(named).exists():
        return given
    _say(f"there is no {named} in this image: the application is {APPLICATION}")
    return str(APPLICATION)


def executor_command(arguments: Sequence[str], home: Path, environ: Mapping[str, str]) -> list[str]:
    """Spark's executor with what the driver has put into the environment."""
    java = f"{environ['JAVA_HOME']}/bin/java" if environ.get("JAVA_HOME") else "java"
    options = sorted((name for name in environ if name.startswith("SPARK_JAVA_OPT_")), key=_number)
    extra = (environ.get(name) for name in ("SPARK_EXTRA_CLASSPATH", "SPARK_CONF_DIR", "SPARK_DIST_CLASSPATH"))
    classes = ":".join([*filter(None, extra), f"{home}/jars/*", str(Path.cwd())])
    memory = environ["SPARK_EXECUTOR_MEMORY"]
    told = [text for option, name in _TOLD.items() for text in (option, environ[name])]
    start = [java, *(environ[name] for name in options), f"-Xms{memory}", f"-Xmx{memory}", "-cp", classes]
    return [*start, _EXECUTOR, *told, *arguments]


def _number(name: str) -> int:
    return int(name.rpartition("_")[2])


_TOLD = {
    "--driver-url": "SPARK_DRIVER_URL",
    "--executor-id": "SPARK_EXECUTOR_ID",
    "--cores": "SPARK_EXECUTOR_CORES",
    "--app-id": "SPARK_APPLICATION_ID",
    "--hostname": "SPARK_EXECUTOR_POD_IP",
    "--resourceProfileId": "SPARK_RESOURCE_PROFILE_ID",
    "--podName": "SPARK_EXECUTOR_POD_NAME",
}
_COMMANDS = {"driver": driver_command, "executor": executor_command}


def _say(text: str) -> None:
    sys.stderr.write(f"jetbridge-spark: {text}\n")


if __name__ == "__main__":
    main()
