#!/usr/bin/env bash
# The default encoder here and in PyTorch, in turns, each run a process of its own; prints one line of JSON a run.
#
#   bench/encoder.sh step  BATCH LENGTH [STEPS [ROUNDS]]     training steps
#   bench/encoder.sh infer BATCH LENGTH [RUNS [ROUNDS]]      predictions; with ONNX=FILE also in ONNX Runtime, the file
#                                                            being one that bench/export_onnx.py made
#   bench/encoder.sh titles TRAIN.jsonl [BATCH [ROUNDS]]     one epoch over uneven texts, lines {"ids": [..], "label": n}
#
# Build first: mvn -Pbench package -DskipTests
# CREMA_JAVA_HOME names the JDK, PYTHON a Python with PyTorch, THREADS the threads of both (2).
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -ge 2 ] || usage
export THREADS="${THREADS:-2}"
need_count THREADS "$THREADS"
reference=$root/nn/src/test/golden/encoder_torch.py
mode=$1
shift
case $mode in
  step | infer)
    if [ $# -lt 2 ] || [ $# -gt 4 ]; then usage; fi
    need_count BATCH "$1"
    need_count LENGTH "$2"
    rounds=${4:-3}
    ;;
  titles)
    [ $# -le 3 ] || usage
    need_files "$1"
    batch=${2:-64} rounds=${3:-1}
    need_count BATCH "$batch"
    ;;
  *) usage ;;
esac
case $mode in
  step) class=crema.bench.EncoderStep count=${3:-6} ;;
  infer) class=crema.bench.EncoderInfer count=${3:-50} ;;
  titles) class=crema.bench.EncoderTitles count=1 ;;
esac
need_count "the number of steps or runs" "$count"
need_count ROUNDS "$rounds"
need_torch
benchmarks
onnx=
if [ "$mode" = infer ] && [ -n "${ONNX:-}" ]; then
  need_files "$ONNX"
  onnx_runtime
fi

for ((round = 0; round < rounds; round++)); do
  printf 'crema    '
  if [ "$mode" = titles ]; then
    bench_java "$jar" "$class" "$1" "$batch"
    labels=$(($(sed 's/.*"label": *\([0-9]*\).*/\1/' "$1" | sort -n | tail -n 1) + 1))
    printf 'pytorch  '
    "$python" "$reference" fit "$1" "$1" /dev/null epochs=1 "batch=$batch" dropout=0.1 "num_labels=$labels"
  else
    bench_java "$jar" "$class" "$1" "$2" "$count"
    printf 'pytorch  '
    "$python" "$reference" "$mode" "$1" "$2" "$count"
    if [ -n "$onnx" ]; then
      printf 'onnx     '
      bench_java "$jar:$onnx" crema.bench.OnnxInfer "$ONNX" "$1" "$2" "$count"
    fi
  fi
done
