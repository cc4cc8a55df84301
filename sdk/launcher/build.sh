#!/bin/sh
# Builds the launcher for both processors into the package: ./build.sh [x86_64|aarch64 …]
set -eu
cd "$(dirname "$0")"
flags="-Os -Wall -Wextra -Werror -std=gnu11 -ffreestanding -nostdlib -static -fno-pie -no-pie -fno-stack-protector
  -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -fcf-protection=none
  -Wl,--build-id=none -Wl,-z,noseparate-code -Wl,-z,noexecstack -s"
for processor in ${*:-x86_64 aarch64}; do
    own="$flags"
    [ "$processor" = x86_64 ] || own=$(printf %s "$flags" | sed 's/-fcf-protection=none//')
    compiler=$processor-linux-gnu-gcc
    # shellcheck disable=SC2086
    "$compiler" $own -o "${OUT:-../src/jetbridge/runtime/companion}/launch-$processor" launch.c
done
