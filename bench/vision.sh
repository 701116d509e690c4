#!/usr/bin/env bash
# Networks of pictures here and in PyTorch; prints one line of JSON a cell.
#
#   bench/vision.sh forward [ROUNDS]     vectors by ViT-B/32 here and in PyTorch 2.7.1, the same random weights, in turns
#                                        within one process (ROUNDS of each side, 5); BATCHES are the cells (1,8,32)
#   bench/vision.sh step [STEPS]         training steps of the small ResNet on 32 pictures of 64 by 64: a process each,
#                                        the median of STEPS (20)
#
# Build first: mvn -Pbench package -DskipTests
# CREMA_JAVA_HOME names the JDK, PYTHON a Python with PyTorch, THREADS the threads of both (2).
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

if [ $# -lt 1 ] || [ $# -gt 2 ]; then usage; fi
export THREADS="${THREADS:-2}"
export OMP_NUM_THREADS="$THREADS"
need_count THREADS "$THREADS"
case $1 in
  forward)
    rounds=${2:-5}
    need_count ROUNDS "$rounds"
    need_torch
    benchmarks
    djl_pytorch
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    "$python" "$root/bench/vision.py" make "$folder"
    bench_java "$jar:$pytorch" crema.bench.VisionComparison "$folder" "$rounds"
    ;;
  step)
    steps=${2:-20}
    need_count STEPS "$steps"
    need_torch
    benchmarks
    printf 'crema    '
    bench_java "$jar" crema.bench.VisionStep 32 64 "$steps"
    printf 'pytorch  '
    "$python" "$root/bench/vision.py" step 32 64 "$steps"
    ;;
  *) usage ;;
esac
