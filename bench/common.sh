# shellcheck shell=bash
# What the scripts of this folder share: the JDK that the launcher finds, the benchmarks' jar, checks of what they are
# given. An error ends a script with a message and an exit code: 2 for a wrong use, else that of the command that failed.

script=${0##*/}
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-/usr/bin/python3}

# shellcheck source=launcher/jdk.sh
. "$root/launcher/jdk.sh"

wrong_use() {
  echo "$script: $*" >&2
  exit 2
}

# The comment at the head of the script.
usage() {
  awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0" >&2
  exit 2
}

need_files() {
  local file
  for file; do
    if [ ! -f "$file" ] || [ ! -r "$file" ]; then
      wrong_use "$file is no file that can be read"
    fi
  done
}

need_count() { # need_count NAME VALUE
  [[ $2 =~ ^[1-9][0-9]*$ ]] || wrong_use "$1 must be a whole number above 0; it is '$2'"
}

need_programs() {
  local program
  for program; do
    command -v "$program" >/dev/null || wrong_use "needs $program, which is not installed"
  done
}

need_torch() {
  need_programs "$python"
  local error
  error=$("$python" -c 'import torch' 2>&1) || wrong_use "$python cannot load PyTorch (${error##*$'\n'});" \
    "name a Python that can in PYTHON (Debian: apt-get install python3-torch)"
}

benchmarks() {
  jar=$root/bench/target/benchmarks.jar
  [ -f "$jar" ] || wrong_use "$jar is missing; build it first: mvn -Pbench package -DskipTests"
  require_jdk "$script"
}

# onnx_runtime: sets $onnx to ONNX Runtime's jar, which is not in that of the benchmarks.
onnx_runtime() {
  onnx=$(find "${MAVEN_REPOSITORY:-$HOME/.m2/repository}/com/microsoft/onnxruntime" -name 'onnxruntime-*.jar' \
    2>/dev/null | sed -n 1p)
  [ -n "$onnx" ] || wrong_use "ONNX Runtime's jar is not in the local repository; mvn -Pbench package fetches it"
}

# class_path FETCH NAME/VERSION...: prints the jars of the local repository; FETCH is the command that brings them there.
class_path() {
  local repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository} fetch=$1 name found paths=
  shift
  for name; do
    found=$(find "$repository/$name" -name '*.jar' ! -name '*-sources.jar' 2>/dev/null | sort | paste -sd: -)
    [ -n "$found" ] || wrong_use "$name is not in the local repository; $fetch fetches it"
    paths=$paths:$found
  done
  printf '%s' "${paths#:}"
}

# golden_tokenizer: sets $golden to the jars of Hugging Face's tokenizers, which are not in that of the benchmarks.
# shellcheck disable=SC2034 # read by the scripts that call this
golden_tokenizer() {
  golden=$(class_path 'mvn -Pbench package' ai/djl/huggingface/tokenizers/0.38.0 ai/djl/api/0.38.0 \
    com/google/code/gson/gson/2.13.1 org/slf4j/slf4j-api/2.0.17)
}

# djl_pytorch: sets $pytorch to the jars of PyTorch 2.7.1 for Java.
# shellcheck disable=SC2034 # read by the scripts that call this
djl_pytorch() {
  local fetch='mvn dependency:get -Dartifact=ai.djl.pytorch:NAME with NAME pytorch-engine:0.35.1,'
  fetch="$fetch pytorch-jni:2.7.1-0.35.1 and pytorch-native-cpu:2.7.1:jar:linux-x86_64"
  pytorch=$(class_path "$fetch" ai/djl/pytorch/pytorch-engine/0.35.1 ai/djl/pytorch/pytorch-jni/2.7.1-0.35.1 \
    ai/djl/pytorch/pytorch-native-cpu/2.7.1 ai/djl/api/0.35.1 com/google/code/gson/gson/2.13.1 \
    net/java/dev/jna/jna/5.17.0 org/apache/commons/commons-compress/1.27.1 org/slf4j/slf4j-api/2.0.17)
}

# bench_java CLASS-PATH CLASS ARGUMENT...: with the flags of the launcher. The one warning of every start is left out of
# what it writes to standard error.
bench_java() {
  local errors status=0
  errors=$(mktemp)
  "$jdk/bin/java" "@$root/launcher/jvm.args" "@$root/launcher/simd.args" -cp "$@" 2>"$errors" || status=$?
  grep -v '^WARNING: Using incubator modules: jdk.incubator.vector$' "$errors" >&2 || true
  rm -f "$errors"
  return "$status"
}
