#!/usr/bin/env bash
# Training of a BERT on uneven titles here and in PyTorch 2.7.1, whole processes in turns; prints one line of JSON a run:
# tokens a second, padding not counted, and the seconds of all processors for 1,000 tokens.
#
#   bench/training.sh minilm|bert-base IDS [BATCH [STEPS [ROUNDS]]]     BATCH texts a step (32), STEPS (20), ROUNDS (3)
#
# IDS has the token ids of a text a line, as bench/vectors.sh keeps them with KEEP=FOLDER. The networks have that size and
# random weights, mean pooling and a linear head; PyTorch's is made of DJL's blocks and gets padded batches.
# Build first: mvn -Pbench package -DskipTests
# CREMA_JAVA_HOME names the JDK, THREADS the threads of both (2).
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

if [ $# -lt 2 ] || [ $# -gt 5 ]; then usage; fi
case $1 in minilm | bert-base) ;; *) wrong_use "the first argument is minilm or bert-base; it is '$1'" ;; esac
export THREADS="${THREADS:-2}"
export OMP_NUM_THREADS="$THREADS"
batch=${3:-32} steps=${4:-20} rounds=${5:-3}
need_count THREADS "$THREADS"
need_count BATCH "$batch"
need_count STEPS "$steps"
need_count ROUNDS "$rounds"
need_files "$2"
benchmarks
djl_pytorch

for ((round = 0; round < rounds; round++)); do
  bench_java "$jar" crema.bench.BertStep "$1" "$2" "$batch" "$steps"
  "$jdk/bin/java" --enable-native-access=ALL-UNNAMED -cp "$jar:$pytorch" crema.bench.TorchStep "$1" "$2" "$batch" "$steps"
done
