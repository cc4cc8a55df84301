#!/bin/sh
# Workflow graphs.defaults_and_constants, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh graphs.defaults_and_constants.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# increment_n0: graphs.py:111
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0 --attempt=0 --bind=by=json:1 --bind=n=json:1 -- task-module graphs task-name increment

# increment_n1: graphs.py:111
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1 --attempt=0 --bind=by=json:-4 --bind=n=inputs.n -- task-module graphs task-name increment
