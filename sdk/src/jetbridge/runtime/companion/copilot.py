"""Programs of others that know nothing of Flyte: inputs are files in one folder, outputs files in another.

It is what Flyte's copilot does in two containers of its own for a raw container (contract: `data_config` of FlyteIDL's
Container; `flyteplugins/go/tasks/pluginmachinery/flytek8s/copilot.go`).
"""

from __future__ import annotations

import os
from pathlib import Path

from jetbridge.runtime import exit_codes
from jetbridge.runtime.companion.call import Call, Left, Prepared
from jetbridge.runtime.companion.ended import failure_of_end
from jetbridge.runtime.companion.input_files import Seen, write_inputs
from jetbridge.runtime.companion.output_files import read_outputs, reported_failure
from jetbridge.runtime.companion.program import Ended
from jetbridge.runtime.companion.propeller import TASK, flyte_variables, shared_folder, template_values

INPUTS, OUTPUTS = "inputs", "outputs"
"""The two folders, in the one that program and companion share; the program has them elsewhere (`Call.arguments`)."""


class Copilot:
    """Programs that read and write files."""

    def prepare(self, call: Call) -> Prepared:
        """Writes the inputs as files; the values of propeller's templates."""
        shared_folder(call.folder / OUTPUTS)
        folder = shared_folder(call.folder / INPUTS)
        given = call.arguments
        write_inputs(call.inputs, Seen(folder, given.input_folder), given.metadata_format, call.data.store)
        if given.task_template:
            (call.folder / TASK).write_bytes(given.task_template)
        values = template_values(call) | {"input": f"{given.input_folder}/inputs.pb"}
        return Prepared(values, flyte_variables(call, os.environ))

    def command(self, call: Call, argv: tuple[str, ...]) -> tuple[str, ...]:
        """The task's own."""
        return argv

    def collect(self, call: Call, ended: Ended) -> Left:
        """What the program says of an error first, then how it ended, then the outputs."""
        folder = call.folder / OUTPUTS
        failure = reported_failure(folder)
        if failure is not None:
            raise failure
        if ended.status != exit_codes.DONE:
            raise failure_of_end(ended)
        variables = call.arguments.interface.outputs.variables
        return Left(read_outputs(variables, Seen(Path(folder), call.arguments.output_folder), call.data))
