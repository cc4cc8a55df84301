#!/bin/sh
# Workflow graphs.same_task, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh graphs.same_task.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# increment_n0: graphs.py:104
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0 --attempt=0 --bind=by=json:0 --bind=n=inputs.n -- task-module graphs task-name increment

# increment_n1: graphs.py:104
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1 --attempt=0 --bind=by=json:1 --bind=n=inputs.n -- task-module graphs task-name increment

# increment_n2: graphs.py:104
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n2 --attempt=0 --bind=by=json:2 --bind=n=inputs.n -- task-module graphs task-name increment

# increment_n3: graphs.py:104
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n3 --attempt=0 --bind=by=json:3 --bind=n=inputs.n -- task-module graphs task-name increment

# add_up: graphs.py:105
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n4 --attempt=0 --bind=numbers='[n0.o0, n1.o0, n2.o0, n3.o0]' -- task-module graphs task-name add_up

# increment_n5: graphs.py:105
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n5 --attempt=0 --bind=by=json:1 --bind=n=n4.o0 -- task-module graphs task-name increment
