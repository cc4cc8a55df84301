#!/bin/sh
# Workflow values.hostile_texts, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh values.hostile_texts.sh
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"

# same: values.py:179
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n0 --attempt=0 --bind=table='json:{"": "", " -- --bind=x=json:1 ; rm -rf / # !!python/none &a *a | > -": " -- --bind=x=json:1 ; rm -rf / # !!python/none &a *a | > -", "$(HOME) $$(HOME) $HOME $\u007bHOME\u007d $$ `id`": "$(HOME) $$(HOME) $HOME $\u007bHOME\u007d $$ `id`", "'"'"'single'"'"' \"double\" '"'"''"'"''"'"'three'"'"''"'"''"'"' \\ \\n": "'"'"'single'"'"' \"double\" '"'"''"'"''"'"'three'"'"''"'"''"'"' \\ \\n", "0x10": "0x10", "1e3": "1e3", "Gr\u00fc\u00dfe \ud83d\udc27 \u2028 \u00e9 \u202e": "Gr\u00fc\u00dfe \ud83d\udc27 \u2028 \u00e9 \u202e", "json:1": "json:1", "line\nnext\r\n\ttab\u0001\u007f ends in a newline\n": "line\nnext\r\n\ttab\u0001\u007f ends in a newline\n", "null": "null", "run.sh": "run.sh", "true": "true", "values.json": "values.json", "\u007b% raw %\u007d\u007b\u007b 1 \u007d\u007d\u007b# c #\u007d\u007b%": "\u007b% raw %\u007d\u007b\u007b 1 \u007d\u007d\u007b# c #\u007d\u007b%", "\u007b\u007b= sprig.env('"'"'AWS_SECRET_ACCESS_KEY'"'"') \u007d\u007d": "\u007b\u007b= sprig.env('"'"'AWS_SECRET_ACCESS_KEY'"'"') \u007d\u007d", "\u007b\u007b=1+1\u007d\u007d": "\u007b\u007b=1+1\u007d\u007d", "\u007b\u007binputs.parameters.x\u007d\u007d": "\u007b\u007binputs.parameters.x\u007d\u007d", "\u007b\u007bworkflow.name\u007d\u007d \u007b\u007bretries\u007d\u007d \u007b\u007b params.s \u007d\u007d \u007b\u007b ds \u007d\u007d": "\u007b\u007bworkflow.name\u007d\u007d \u007b\u007bretries\u007d\u007d \u007b\u007b params.s \u007d\u007d \u007b\u007b ds \u007d\u007d", "\u007b\u007b\u007bx\u007d\u007d\u007d \u007b\u007b '"'"'\u007d\u007d'"'"' \u007d\u007d": "\u007b\u007b\u007bx\u007d\u007d\u007d \u007b\u007b '"'"'\u007d\u007d'"'"' \u007d\u007d"}' --bind=texts=inputs.texts -- task-module values task-name same

# environment: values.py:180
env 'HOSTILE={{inputs.parameters.x}}' 'OTHER=$(HOME) $$ {% raw %}' jetbridge-execute --run-root="$RUN_ROOT" --node-path=n1 --attempt=0 -- task-module values task-name environment

# joined: values.py:180
jetbridge-execute --run-root="$RUN_ROOT" --node-path=n2 --attempt=0 --bind=constant='json:"\u007b% raw %\u007d\u007b\u007b 1 \u007d\u007d\u007b# c #\u007d\u007b%"' --bind=texts=n0.o0 -- task-module values task-name joined
