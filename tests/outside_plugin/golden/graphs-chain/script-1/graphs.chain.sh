#!/bin/sh
# Workflow graphs.chain, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh graphs.chain.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# increment_n0: graphs.py:79
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0 --attempt=0 --bind=by=json:1 --bind=n=inputs.n -- task-module graphs task-name increment

# increment_n1: graphs.py:79
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1 --attempt=0 --bind=by=json:1 --bind=n=n0.o0 -- task-module graphs task-name increment

# increment_n2: graphs.py:79
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n2 --attempt=0 --bind=by=json:1 --bind=n=n1.o0 -- task-module graphs task-name increment
