#!/bin/sh
# Workflow jetbridge_shell.flows.broken, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh jetbridge_shell.flows.broken.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# fail: jetbridge_shell/flows.py:31
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0 --attempt=0 --resolver=jetbridge_shell.run.resolver -- flows.fail '{"command": "exit 3", "inputs": {}, "outputs": {}}'
