#!/usr/bin/env bash
# Kills commands that train at random moments, goes on with them, and compares what they end with, file by file, with
# what an unbroken run writes: each family, and each command that goes on after a kill.
#
#   bench/kills.sh KILLS [COMMAND...]      bench/kills.sh 12
#                                          bench/kills.sh 20 lora tune
#
# KILLS is for each command; without any COMMAND all are killed. A line says of each after how many kills more was kept
# than before. See docs/contributing/kills.md.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -ge 1 ] || usage
need_count KILLS "$1"
need_programs mvn
kills=$1
shift
commands=$(IFS=,; echo "$*")
cd "$root"
exec mvn -B -pl cli -am test -Dtest=KilledRunTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Dskip.widths=true "-Dcrema.kills=$kills" "-Dcrema.kills.commands=$commands" "-Dcrema.kills.seed=${SEED:-1}"
