#!/bin/sh
# Workflow sub_workflows.launch_plan_as_node, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh sub_workflows.launch_plan_as_node.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# inner.increment_n0: sub_workflows.py:20
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0/n0 --attempt=0 --bind=by=json:1 --bind=n=json:5 -- task-module sub_workflows task-name increment

# inner.increment_n1: sub_workflows.py:20
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0/n1 --attempt=0 --bind=by=json:10 --bind=n=n0/n0.o0 -- task-module sub_workflows task-name increment

# increment: sub_workflows.py:41
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1 --attempt=0 --bind=by=json:1 --bind=n=n0/n1.o0 -- task-module sub_workflows task-name increment
