#!/bin/sh
# Workflow jetbridge_shell.flows.greeted, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh jetbridge_shell.flows.greeted.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# greet: jetbridge_shell/flows.py:25
env 'MOOD={{glad}}' jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0 --attempt=0 --bind=name=inputs.name --resolver=jetbridge_shell.run.resolver -- flows.greet '{"command": "printf '"'"'%s'"'"' {inputs.name} | tee {outputs.text} | wc -c > {outputs.size}; echo $MOOD > {outputs.mood}", "inputs": {"name": "str"}, "outputs": {"text": "str", "size": "int", "mood": "str"}}'

# double: jetbridge_shell/flows.py:26
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1 --attempt=0 --bind=n=n0.size -- task-module jetbridge_shell.flows task-name double
