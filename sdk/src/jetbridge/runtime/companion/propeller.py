"""What propeller tells a program of its attempt: the values of templates, and variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from jetbridge.runtime.companion.call import Call
from jetbridge.runtime.companion.local_paths import local_path
from jetbridge.store import join, normalize_uri

INPUTS, OUTPUTS, TASK = "inputs.pb", "outputs", "task.pb"
_NOTHING = '""'
"""What propeller writes where there is no checkpoint of an attempt before (`core/template/template.go`)."""
_OTHER = re.compile(r"[^A-Za-z0-9_]")
_LETTERS_FIRST = re.compile(r"^[^A-Za-z]+")


def shared_folder(folder: Path) -> Path:
    """A folder in which a program may write that runs as another user than the companion. One that is there already
    was made so by Kubernetes, as the folder of a volume.
    """
    if not folder.exists():
        folder.mkdir()
        folder.chmod(0o777)
    return folder


def template_values(call: Call) -> dict[str, str]:
    """The values of propeller's templates, by name."""
    folder, attempt = call.program_folder, call.arguments.attempt
    checkpoints = join(normalize_uri(attempt.run_root), attempt.node_path, "checkpoints")
    unique = f"{call.data.execution_id}-{attempt.node_path}-{attempt.attempt}"
    return {
        "input": f"{folder}/{INPUTS}",
        "inputPrefix": folder,
        "outputPrefix": f"{folder}/{OUTPUTS}",
        "rawOutputDataPrefix": local_path(call.data.raw_prefix),
        "checkpointOutputPrefix": local_path(join(checkpoints, str(attempt.attempt))),
        "prevCheckpointPrefix": local_path(call.data.previous_checkpoint()) or _NOTHING,
        "perRetryUniqueKey": _OTHER.sub("_", _LETTERS_FIRST.sub("a", unique)),
        "taskTemplatePath": f"{folder}/{TASK}",
    }


def flyte_variables(call: Call, environ: Mapping[str, str]) -> dict[str, str]:
    """What propeller says that is known only now (flyteplugins `flytek8s/k8s_resource_adds.go`)."""
    attempt = call.arguments.attempt
    variables = {
        "FLYTE_INTERNAL_EXECUTION_ID": call.data.execution_id,
        "FLYTE_ATTEMPT_NUMBER": str(attempt.attempt),
    }
    index = attempt.node_path.rpartition("/")[2]
    if call.arguments.items:
        variables |= {
            "BATCH_JOB_ARRAY_INDEX_VAR_NAME": "FLYTE_K8S_ARRAY_INDEX",
            "FLYTE_K8S_ARRAY_INDEX": index,
            # The lists hold this element's item alone: flytekit adds the two and takes number 0.
            "BATCH_JOB_ARRAY_INDEX_OFFSET": f"-{index}",
        }
    # flytekit asks for the place of S3 under a name of its own; keys and the rest it finds as all AWS clients do.
    if "AWS_ENDPOINT_URL" in environ:
        variables["FLYTE_AWS_ENDPOINT"] = environ["AWS_ENDPOINT_URL"]
    return variables
