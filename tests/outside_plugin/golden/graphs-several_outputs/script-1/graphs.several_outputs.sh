#!/bin/sh
# Workflow graphs.several_outputs, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh graphs.several_outputs.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# divide: graphs.py:91
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0 --attempt=0 --bind=a=inputs.a --bind=b=inputs.b -- task-module graphs task-name divide

# spell: graphs.py:92
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1 --attempt=0 --bind=n=n0.remainder -- task-module graphs task-name spell
