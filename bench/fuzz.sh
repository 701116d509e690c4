#!/usr/bin/env bash
# Lets Jazzer look for files that break the readers of formats, one format after the other.
#
#   bench/fuzz.sh SECONDS [FORMAT...]      bench/fuzz.sh 3600
#                                          bench/fuzz.sh 600 csv jsonl model
#                                          EXECUTIONS=1000000 bench/fuzz.sh 3600 csv
#
# SECONDS is for each format, or fewer once there were so many EXECUTIONS; without any FORMAT all are fuzzed. Inputs that reach new code stay in cli/target/fuzz, with
# which the next run begins; what breaks a promise is in the folder findings there. See docs/contributing/fuzzing.md.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -ge 1 ] || usage
need_count SECONDS "$1"
need_programs mvn
seconds=$1
shift
formats=$(IFS=,; echo "$*")
cd "$root"
exec mvn -B -pl cli -am test -Dtest=FormatFuzzTest#jazzerFindsNothing -Dsurefire.failIfNoSpecifiedTests=false \
  -Dskip.widths=true "-Dcrema.fuzz.executions=${EXECUTIONS:-0}" "-Dcrema.fuzz.seconds=$seconds" "-Dcrema.fuzz.formats=$formats"
