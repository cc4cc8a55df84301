#!/bin/sh
# Workflow values.every_kind, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh values.every_kind.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# primitives: values.py:206
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0 --attempt=0 --bind=f=json:-0.0 --bind=i='inputs.tree.a.b[0]' --bind=s=inputs.one --bind=span='json:"-0.000001s"' --bind=when=inputs.when --bind=yes=json:true -- task-module values task-name primitives

# environment: values.py:207
env 'HOSTILE={{inputs.parameters.x}}' 'OTHER=$(HOME) $$ {% raw %}' jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1 --attempt=0 -- task-module values task-name environment

# nested: values.py:207
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n2 --attempt=0 --bind=empty=n1.o0 --bind=records='[{"a": n0.i}]' --bind=rows=inputs.rows --bind=table='json:{"\u007b\u007b=1\u007d\u007d": [1e+300]}' -- task-module values task-name nested

# alternatives: values.py:208
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n3 --attempt=0 --bind=color=inputs.color --bind=either=n0.i --bind=nothing=inputs.nothing --bind=something=n0.s -- task-module values task-name alternatives

# grow: values.py:209
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n4 --attempt=0 --bind=n=n0.i -- task-module values task-name grow

# look: values.py:210
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n5 --attempt=0 --bind=constant='json:"\u007b% raw %\u007d\u007b\u007b 1 \u007d\u007d\u007b# c #\u007d\u007b%"' --bind=label='n4.o0.by_name["\u007b\u007bk\u007d\u007d"].label' --bind=leaf=inputs.tree.a --bind=number='n4.o0.a.b[1]' -- task-module values task-name look
