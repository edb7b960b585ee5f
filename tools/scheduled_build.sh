#!/usr/bin/env bash
# Build once, for a scheduler: one at a time, quiet when all is well, and loud when not.
#
#   tools/scheduled_build.sh [OPTION OF dbt build...]
#
# What the build says goes to logs/scheduled_build.log, newest last. If it does not
# publish, what happened is told on the standard error, which cron mails, and to
# NOTIFY_COMMAND, a shell command that reads the message, such as
#   NOTIFY_COMMAND='mail -s "Segmentation: build failed" data@example.org'
# The exit status is that of python -m segmentation.build (0 published, 1 failed,
# 2 refused, 3 busy, 4 partial), or 3 if the scheduled build before is not done yet.
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p build logs
log=logs/scheduled_build.log

tell() {
    printf '%s\n' "$1" >&2
    if [ -n "${NOTIFY_COMMAND:-}" ]; then
        printf '%s\n' "$1" | bash -c "$NOTIFY_COMMAND" \
            || printf 'NOTIFY_COMMAND failed: %s\n' "$NOTIFY_COMMAND" >&2
    fi
}

# A folder is made by one process only, on every system; flock is not on macOS.
lock=build/scheduled_build.lock
if ! mkdir "$lock" 2> /dev/null; then
    if kill -0 "$(cat "$lock/process" 2> /dev/null)" 2> /dev/null; then
        tell "The scheduled build before this one is still running (process $(cat "$lock/process"))."
        exit 3
    fi
    # Left behind by a process that was killed.
    rm -rf "$lock"
    mkdir "$lock"
fi
trap 'rm -rf "$lock"' EXIT
printf '%s\n' "$$" > "$lock/process"

printf '\n=== %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >> "$log"
PATH="$PWD/.venv/bin:$PATH" PYTHONPATH="$PWD/python_models" \
    python -m segmentation.build "$@" >> "$log" 2>&1
status=$?
if [ "$status" -ne 0 ]; then
    message=$(PATH="$PWD/.venv/bin:$PATH" python -c \
        'import json; print(json.load(open("build/build_summary.json"))["message"])' \
        2> /dev/null) || message="It left no build/build_summary.json."
    tell "The build in $PWD ended with status $status, and the last publication is as it was. $message See $PWD/$log."
fi
exit "$status"
