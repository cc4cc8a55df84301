#!/bin/sh
# Workflow graphs.graph, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh graphs.graph.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# increment_n0: graphs.py:127
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0 --attempt=0 --bind=by=json:10 --bind=n=inputs.n -- task-module graphs task-name increment

# increment_n1: graphs.py:127
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1 --attempt=0 --bind=by=json:20 --bind=n=inputs.n -- task-module graphs task-name increment

# stamp_n6: graphs.py:130
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n6 --attempt=0 --bind=pause=json:0.5 --bind=text='json:"a"' -- task-module graphs task-name stamp

# add_up: graphs.py:128
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n2 --attempt=0 --bind=numbers='[n0.o0, n1.o0, inputs.n, json:1000]' -- task-module graphs task-name add_up

# stamp_n5: graphs.py:130
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n5 --attempt=0 --bind=pause=json:0.0 --bind=text='json:"b"' -- task-module graphs task-name stamp

# divide: graphs.py:128
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n3 --attempt=0 --bind=a=n2.o0 --bind=b=json:7 -- task-module graphs task-name divide

# in_order: graphs.py:132
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n8 --attempt=0 --bind=times='[n6.o0, n5.o0]' -- task-module graphs task-name in_order

# spell: graphs.py:129
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n4 --attempt=0 --bind=n=n3.remainder -- task-module graphs task-name spell

# note: graphs.py:131
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n7 --attempt=0 --bind=text=n4.o1 -- task-module graphs task-name note
