#!/bin/sh
# Workflow graphs.ordered, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh graphs.ordered.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# stamp_n2: graphs.py:117
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n2 --attempt=0 --bind=pause=json:0.8 --bind=text='json:"a"' -- task-module graphs task-name stamp

# stamp_n1: graphs.py:117
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1 --attempt=0 --bind=pause=json:0.4 --bind=text='json:"b"' -- task-module graphs task-name stamp

# stamp_n0: graphs.py:117
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0 --attempt=0 --bind=pause=json:0.0 --bind=text='json:"c"' -- task-module graphs task-name stamp

# note: graphs.py:119
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n3 --attempt=0 --bind=text='json:"the last of all"' -- task-module graphs task-name note

# in_order: graphs.py:121
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n4 --attempt=0 --bind=times='[n2.o0, n1.o0, n0.o0]' -- task-module graphs task-name in_order
