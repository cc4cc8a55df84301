#!/bin/sh
# Workflow sub_workflows.three_deep, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh sub_workflows.three_deep.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# middle_n0.increment: sub_workflows.py:25
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0/n0 --attempt=0 --bind=by=json:1 --bind=n=inputs.n -- task-module sub_workflows task-name increment

# middle_n0.inner.increment_n0: sub_workflows.py:20
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0/n1/n0 --attempt=0 --bind=by=json:1 --bind=n=inputs.n -- task-module sub_workflows task-name increment

# middle_n0.inner.increment_n1: sub_workflows.py:20
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0/n1/n1 --attempt=0 --bind=by=json:10 --bind=n=n0/n1/n0.o0 -- task-module sub_workflows task-name increment

# middle_n1.increment: sub_workflows.py:25
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1/n0 --attempt=0 --bind=by=json:1 --bind=n=n0/n1/n1.o0 -- task-module sub_workflows task-name increment

# middle_n1.inner.increment_n0: sub_workflows.py:20
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1/n1/n0 --attempt=0 --bind=by=json:1 --bind=n=n0/n1/n1.o0 -- task-module sub_workflows task-name increment

# middle_n1.inner.increment_n1: sub_workflows.py:20
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1/n1/n1 --attempt=0 --bind=by=json:10 --bind=n=n1/n1/n0.o0 -- task-module sub_workflows task-name increment

# increment: sub_workflows.py:32
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n2 --attempt=0 --bind=by=json:1 --bind=n=n1/n1/n1.o0 -- task-module sub_workflows task-name increment
