#!/bin/sh
# Workflow graphs.no_outputs, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh graphs.no_outputs.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# note: graphs.py:98
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0 --attempt=0 --bind=text=inputs.text -- task-module graphs task-name note
