#!/bin/sh
# Workflow graphs.one_task, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh graphs.one_task.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# seven: graphs.py:74
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0 --attempt=0 -- task-module graphs task-name seven
