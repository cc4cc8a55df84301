#!/bin/sh
# Workflow failing.raises_a_code, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh failing.raises_a_code.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# fine: failing.py:61
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0 --attempt=0 --bind=n=json:1 -- task-module failing task-name fine

# print_out: failing.py:61
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1 --attempt=0 --bind=n=n0.o0 -- task-module failing task-name print_out
