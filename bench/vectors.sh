#!/usr/bin/env bash
# Whether texts get the tokens of Hugging Face's own library and the vectors of ONNX Runtime, to 1e-5, and the same bits
# alone, in any batch and from any number of threads; prints a line of JSON and fails if they do not.
#
#   bench/vectors.sh FOLDER mean|first TEXTS     TEXTS has a text a line
#
# FOLDER holds model.onnx and tokenizer.json. The library and ONNX Runtime run in a process of their own.
# Build first: mvn -Pbench package -DskipTests
# CREMA_JAVA_HOME names the JDK, THREADS the threads of ONNX Runtime (2), KEEP a folder that keeps the ids and vectors.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 3 ] || usage
case $2 in mean | first) ;; *) wrong_use "the second argument is mean or first; it is '$2'" ;; esac
export THREADS="${THREADS:-2}"
need_count THREADS "$THREADS"
need_files "$1/model.onnx" "$1/tokenizer.json" "$3"
benchmarks
onnx_runtime
golden_tokenizer
if [ -n "${KEEP:-}" ]; then
  files=$KEEP
  mkdir -p "$files"
else
  files=$(mktemp -d)
  trap 'rm -rf "$files"' EXIT
fi
"$jdk/bin/java" --enable-native-access=ALL-UNNAMED -cp "$jar:$onnx:$golden" crema.bench.ReferenceVectors "$1" "$2" "$3" "$files/ids" "$files/vectors.npy"
bench_java "$jar" crema.bench.VectorComparison "$1" "$2" "$3" "$files/ids" "$files/vectors.npy"
