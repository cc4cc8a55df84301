#!/bin/sh
# Workflow graphs.fan_out_and_in, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh graphs.fan_out_and_in.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# increment_n0: graphs.py:84
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0 --attempt=0 --bind=by=json:1 --bind=n=inputs.n -- task-module graphs task-name increment

# increment_n1: graphs.py:85
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1 --attempt=0 --bind=by=json:10 --bind=n=n0.o0 -- task-module graphs task-name increment

# increment_n2: graphs.py:85
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n2 --attempt=0 --bind=by=json:20 --bind=n=n0.o0 -- task-module graphs task-name increment

# increment_n3: graphs.py:85
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n3 --attempt=0 --bind=by=json:30 --bind=n=n0.o0 -- task-module graphs task-name increment

# add_up: graphs.py:86
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n4 --attempt=0 --bind=numbers='[n1.o0, n2.o0, n3.o0, inputs.n, json:1000]' -- task-module graphs task-name add_up

# add_named: graphs.py:86
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n5 --attempt=0 --bind=numbers='{"constant": json:5, "first": n1.o0, "given": inputs.n}' -- task-module graphs task-name add_named
