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

# golden_tokenizer: sets $golden to the jars of Hugging Face's tokenizers, which are not in that of the benchmarks.
golden_tokenizer() {
  local repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository} name jar
  golden=
  for name in ai/djl/huggingface/tokenizers/0.38.0 ai/djl/api/0.38.0 com/google/code/gson/gson; do
    jar=$(find "$repository/$name" -name '*.jar' ! -name '*-sources.jar' 2>/dev/null | sort | tail -n 1)
    [ -n "$jar" ] || wrong_use "$name is not in the local repository; mvn -Pbench package fetches it"
    golden=$golden:$jar
  done
  golden=${golden#:}
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
