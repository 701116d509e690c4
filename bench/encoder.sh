#!/bin/sh
# The default encoder here and in PyTorch, in turns, each run a process of its own; prints one line of JSON a run.
#
#   bench/encoder.sh step  BATCH LENGTH [STEPS [ROUNDS]]     training steps
#   bench/encoder.sh infer BATCH LENGTH [RUNS [ROUNDS]]      predictions; with ONNX=FILE also in ONNX Runtime, the file
#                                                            being one that bench/export_onnx.py made
#   bench/encoder.sh titles TRAIN.jsonl [BATCH [ROUNDS]]     one epoch over uneven texts, lines {"ids": [..], "label": n}
#
# Build first: mvn -Pbench package -DskipTests
# JAVA and PYTHON name the commands (a JDK 25; a Python with PyTorch), THREADS the threads of both (2).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
java=${JAVA:-java}
python=${PYTHON:-/usr/bin/python3}
export THREADS="${THREADS:-2}"
reference=$root/nn/src/test/golden/encoder_torch.py
classes=$(find "$root"/tensor/target "$root"/autograd/target "$root"/nn/target "$root"/bench/target \
  -maxdepth 1 -name classes | paste -sd: -)
jackson=$(find "${MAVEN_REPOSITORY:-$HOME/.m2/repository}/tools/jackson/core/jackson-core" -name '*.jar' | head -n 1)
onnx=$(find "${MAVEN_REPOSITORY:-$HOME/.m2/repository}/com/microsoft/onnxruntime" -name 'onnxruntime-*.jar' | head -n 1)

crema() {
  "$java" -XX:+UseParallelGC -Xmn48m -XX:MaxRAMPercentage=75 --add-modules jdk.incubator.vector \
    -cp "$classes:$jackson:$onnx" "$@" 2>/dev/null
}

[ $# -ge 2 ] || { sed -n '2,10p' "$0" | cut -c3-; exit 2; }
mode=$1
shift
case $mode in
  step) class=crema.bench.EncoderStep rounds=${4:-3} count=${3:-6} ;;
  infer) class=crema.bench.EncoderInfer rounds=${4:-3} count=${3:-50} ;;
  titles) class=crema.bench.EncoderTitles rounds=${3:-1} ;;
  *) sed -n '2,10p' "$0" | cut -c3-; exit 2 ;;
esac
for _ in $(seq "$rounds"); do
  if [ "$mode" = titles ]; then
    printf 'crema    '; crema "$class" "$1" "${2:-64}"
    printf 'pytorch  '; "$python" "$reference" fit "$1" "$1" /dev/null epochs=1 "batch=${2:-64}" dropout=0.1 \
      "num_labels=$(($(sed 's/.*"label": *\([0-9]*\).*/\1/' "$1" | sort -n | tail -n 1) + 1))"
  else
    printf 'crema    '; crema "$class" "$1" "$2" "$count"
    printf 'pytorch  '; "$python" "$reference" "$mode" "$1" "$2" "$count"
    if [ "$mode" = infer ] && [ -n "${ONNX:-}" ]; then
      printf 'onnx     '; crema crema.bench.OnnxInfer "$ONNX" "$1" "$2" "$count"
    fi
  fi
done
