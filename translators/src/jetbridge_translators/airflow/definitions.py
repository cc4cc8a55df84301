"""What a DAG file defines before the DAG: constants, and the helpers that tasks share."""

from __future__ import annotations

from dataclasses import dataclass

from jetbridge_translators.airflow.expressions import Expr, Name, imported
from jetbridge_translators.airflow.helper import Helper, failing
from jetbridge_translators.airflow.operators import POD_OPERATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """`NAME = value`, under a comment."""

    name: str
    value: Expr
    comment: str = ""


RUN_ROOT = Name("RUN_ROOT")
IMAGE = Name("IMAGE")
ENVIRONMENT = Name("ENVIRONMENT")
POD = Name("POD")
FOREIGN_POD = Name("FOREIGN_POD")
COMPANION = Name("COMPANION")
STORE_SECRET = Name("STORE_SECRET")
EXECUTE = Name("execute")
FAIL_ON_USER_ERROR = Name("FailOnUserError")
TASK_POD = Name("TaskPodOperator")
CONTROL_POD = Name("ControlPodOperator")
EXECUTE_AND_TELL = Name("execute_and_tell")
TELL = Name("tell")

_EXECUTE = '''\
def execute(*command, env=None):
    """Run a task's command in this worker; an error of the user's code (exit code 80) is final."""
    name, *arguments = command
    program = shutil.which(name)
    if program is None:
        raise AirflowFailException(f"{name} is not on this worker's PATH: pip install jetbridge")
    environment = {**os.environ, **(env or {})}
    code = subprocess.run([program, *arguments], env=environment, check=False).returncode
    if code == 80:
        raise AirflowFailException("the task's own code failed; its error is in the log above")
    if code != 0:
        raise RuntimeError(f"{name} ended with exit code {code}; see the log above")
'''

_FAIL_ON_USER_ERROR = '''\
class FailOnUserError(RetryPolicy):
    """An error of the user's code (exit code 80) is final: another attempt would fail alike."""

    def evaluate(self, exception, try_number, max_tries, context=None):
        if "'exit_code': 80," in str(exception):
            return RetryDecision.fail(reason="the task's own code failed")
        return RetryDecision()
'''

_TASK_POD = '''\
class TaskPodOperator(KubernetesPodOperator):
    """A pod whose exit code 80 is final: an error of the user's code would only come again."""

    def execute(self, context):
        try:
            return super().execute(context)
        except Exception as error:
            status = self.remote_pod.status if self.remote_pod else None
            for container in (status and status.container_statuses) or []:
                ended = container.state and container.state.terminated
                if ended and ended.exit_code == 80:
                    raise AirflowFailException("the task's own code failed") from error
            raise
'''

_CONTROL_POD = '''\
class ControlPodOperator({base}):
    """A pod whose termination message tells what a branch or a map must know of the outputs."""

    def execute(self, context):
        super().execute(context)
        message = None
        for container in self.remote_pod.status.container_statuses or []:
            ended = container.state and container.state.terminated
            if container.name == self.base_container_name and ended:
                message = ended.message
        if not message:
            raise AirflowFailException("the pod's termination message tells nothing of its outputs")
        context["ti"].xcom_push(key="controls", value=json.loads(message))
'''

_BESIDE = '''\
class {name}({base}):
    """A pod that is done when the task's own container is; the others are ended with it."""

    def is_istio_enabled(self, pod):
        return True
'''

_EXECUTE_AND_TELL = '''\
def execute_and_tell(name, *arguments, ti, env=None):
    """Run a task's command, and tell what a branch or a map must know of the outputs."""
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/controls.json"
        execute(name, f"--controls-file={file}", *arguments, env=env)
        with open(file) as controls:
            ti.xcom_push(key="controls", value=json.load(controls))
'''

_TELL = '''\
def tell(controls, *, ti):
    """Tell what a branch or a map must know of outputs that are there already."""
    ti.xcom_push(key="controls", value=controls)
'''


def execute(target: str) -> Helper:
    """The callable of `--containers process`."""
    return failing(EXECUTE, _EXECUTE, (Name("", "os"), Name("", "shutil"), Name("", "subprocess")), target)


def task_pod(target: str) -> Helper:
    """The operator of pods that may be tried again, for Airflow 3.0 to 3.2, which have no retry policy."""
    return failing(TASK_POD, _TASK_POD, (imported(POD_OPERATOR),), target)


def execute_and_tell() -> Helper:
    """The callable of `--containers process` for a task whose outputs Airflow must know something of."""
    imports = (Name("", "json"), Name("", "tempfile"))
    return Helper(name=EXECUTE_AND_TELL.name, source=_EXECUTE_AND_TELL, imports=imports)


def tell() -> Helper:
    """The callable of a task that has its outputs already."""
    return Helper(name=TELL.name, source=_TELL, imports=())


def control_pod(target: str) -> Helper:
    """The operator of pods whose outputs Airflow must know something of."""
    base = "KubernetesPodOperator" if target == "3.3" else TASK_POD.name
    imports = (Name("", "json"), imported(POD_OPERATOR))
    return failing(CONTROL_POD, _CONTROL_POD.format(base=base), imports, target)


def fail_on_user_error() -> Helper:
    """The retry policy of pods, for Airflow 3.3 and later."""
    imports = (imported("airflow.sdk.RetryDecision"), imported("airflow.sdk.RetryPolicy"))
    return Helper(name=FAIL_ON_USER_ERROR.name, source=_FAIL_ON_USER_ERROR, imports=imports)


def beside(operator: str) -> str:
    """The operator of the file that does not wait for containers beside the task's own.

    KubernetesPodOperator waits for the whole pod unless one container is called `istio-proxy`, which outlives the
    others by its nature; `is_istio_enabled` is where it asks.
    """
    return _SIDECAR[imported(operator).name]


_SIDECAR = {
    imported(POD_OPERATOR).name: "SidecarPodOperator",
    TASK_POD.name: "SidecarTaskPodOperator",
    CONTROL_POD.name: "SidecarControlPodOperator",
}


def pod_beside(operator: str) -> Helper:
    """That operator."""
    base = imported(operator)
    source = _BESIDE.format(name=beside(operator), base=base.name)
    return Helper(name=beside(operator), source=source, imports=(base,) if base.module else ())
