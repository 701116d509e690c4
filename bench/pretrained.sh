#!/usr/bin/env bash
# A pretrained encoder here and in ONNX Runtime, the same weights in turns within one process; prints one line of JSON
# a cell: medians in ms and their ratio.
#
#   bench/pretrained.sh MODEL.onnx [ROUNDS]     ROUNDS turns of each side a cell (9)
#
# Build first: mvn -Pbench package -DskipTests
# CREMA_JAVA_HOME names the JDK, THREADS the threads of both (2), SHAPES the cells (1x16,1x128,32x32,titles).
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

if [ $# -lt 1 ] || [ $# -gt 2 ]; then usage; fi
export THREADS="${THREADS:-2}"
need_count THREADS "$THREADS"
need_files "$1"
need_count ROUNDS "${2:-9}"
benchmarks
onnx_runtime
bench_java "$jar:$onnx" crema.bench.PretrainedComparison "$1" "${2:-9}"
