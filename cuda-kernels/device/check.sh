#!/bin/bash
# The check of a GPU: check.sh [SECTION...], all sections without names. Needs the NVIDIA driver, and for the comparison a python3
# with PyTorch; builds nothing. Java and the classes are in the folder bundle, which bundle.sh makes.
#
#   DEVICE   cuda, or emulated:90 for a dry run (then with TINY=tiny)
#   OUT      where results go: results.jsonl, torch.jsonl, table.txt (the same for people), log.txt, sanitizer.txt
#
#   TORCH    options of bench_torch.py that choose what is measured, such as "--parts steps --sizes 64x64 --ways compile"
#
# While nothing is timed, PyTorch's compiler fills its cache in the background. Each section is a process with a time limit, so that
# a kernel that hangs or breaks the device costs one section. The table comes last on standard output.
set -u
here=$(cd "$(dirname "$0")" && pwd)
device=${DEVICE:-cuda}
tiny=${TINY:-}
out=${OUT:-$here/out}
mkdir -p "$out"
work=$(mktemp -d)
compiling=
trap 'stop_compiling; rm -rf "$work"' EXIT
began=$SECONDS

if [ -e "$here/bundle/runtime.tar.xz" ]; then
  tar -C "$work" -xJf "$here/bundle/runtime.tar.xz" || exit 1
  java=$work/runtime/bin/java
  "$java" -Xshare:dump > /dev/null 2>&1 || true
else
  java=$(command -v java) || { echo "check: neither a bundle nor java; run bundle.sh first" >&2; exit 2; }
fi
classes=${CLASSES:-$(printf '%s:' "$here"/bundle/classes/*.jar)}
options="-Xmx${HEAP:-24g} -XX:+UseParallelGC --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED ${JAVA_OPTS:-}"

stop_compiling() {
  [ -z "$compiling" ] || kill -- "-$compiling" 2> /dev/null
  compiling=
}

# section NAME SECONDS COMMAND...: its output goes to the log; tells how it ended.
section() {
  local name=$1 limit=$2 start=$SECONDS rc
  shift 2
  echo "== $name (at $((start - began)) s)" >> "$out/log.txt"
  timeout -k 2 "$limit" "$@" >> "$out/log.txt" 2>&1
  rc=$?
  if [ $rc != 0 ]; then
    printf '%-11s %s\n' "$name" "ENDED WITH $rc after $((SECONDS - start)) s: $(grep -v '^	at \|^WARNING\|^$' "$out/log.txt" | tail -1 | cut -c1-200)" >> "$out/table.txt"
  fi
  echo "== $name ended with $rc after $((SECONDS - start)) s" >> "$out/log.txt"
  return $rc
}

# check SECTION SECONDS: a section of DeviceCheck.
check() {
  section "$1" "$2" "$java" $options -cp "$classes" crema.cuda.DeviceCheck "$1" "$device" "$out" "$(($2 - 4))" $tiny
}

# runs SECTION SECONDS: what a user does, from end to end.
runs() {
  section "$1" "$2" "$java" $options -cp "$classes" crema.cli.RunsCheck "$1" "$device" "$out" "$(($2 - 4))" $tiny
}

# bench NAME SECONDS CLASS: a benchmark with a main class of its own.
bench() {
  section "$1" "$2" "$java" $options -cp "$classes" "$3" "$device" "$out" "$(($2 - 4))" $tiny
}

# sanitize TOOL OPTIONS...: a small training step, products and attention under a tool of compute-sanitizer, and what it found.
sanitize() {
  local tool=$1 start=$SECONDS rc found=$work/$1.txt
  shift
  section "sanitizer $tool" "${SANITIZER_SECONDS:-60}" compute-sanitizer --tool "$tool" "$@" --error-exitcode 9 --log-file "$found" \
    --print-limit 20 "$java" $options -cp "$classes" crema.cuda.DeviceCheck small "$device" "$out" "${SANITIZER_SECONDS:-60}" $tiny
  rc=$?
  { echo "== $tool"; head -c 400000 "$found" 2> /dev/null; } >> "$out/sanitizer.txt"
  printf '%-11s %-44s %s, exit code %s, %s s\n' sanitizer "$tool" "$(grep 'SUMMARY' "$found" 2> /dev/null | tail -1)" $rc \
    $((SECONDS - start)) >> "$out/table.txt"
}

run() {
  case $1 in facts | catalog | digests | bits | resume | sanitizer) ;; *) stop_compiling ;; esac
  case $1 in
    facts)
      command -v nvidia-smi > /dev/null && nvidia-smi >> "$out/log.txt" 2>&1
      check facts 20 ;;
    streams) check streams 40 ;;
    catalog)
      # A row that breaks the device ends the process; the next one goes on after it.
      rm -f "$out/catalog.progress"
      local until=$((SECONDS + ${CATALOG_SECONDS:-80}))
      while [ $((until - SECONDS)) -gt 8 ]; do
        check catalog $((until - SECONDS)) && break
      done
      rm -f "$out/catalog.progress" ;;
    digests) check digests 30 ;;
    bits) check bits 40 ;;
    resume) runs resume 60 ;;
    train) runs train 60 ;;
    predict) runs predict 60 ;;
    gemm) bench gemm 75 crema.cuda.GemmBenchmark ;;
    attention) bench attention 60 crema.cuda.AttentionBenchmark ;;
    steps) check steps 60 ;;
    profile) check profile 40 ;;
    torch) section torch "${TORCH_SECONDS:-110}" python3 "$here/bench_torch.py" --out "$out" --seconds "$((${TORCH_SECONDS:-110} - 6))" ${TORCH:-} ${tiny:+--tiny} ;;
    sanitizer)
      command -v compute-sanitizer > /dev/null || { echo "sanitizer   not installed" >> "$out/table.txt"; return; }
      sanitize memcheck --leak-check no
      sanitize racecheck ;;
    cpu)
      check cpu 40
      runs fasttext 30
      section "cpu torch" 40 python3 "$here/bench_torch.py" --cpu --out "$out" --seconds 34 ${tiny:+--tiny} ;;
    *) echo "check: no section $1" >&2 ;;
  esac
}

sections=${*:-facts catalog digests bits streams gemm attention steps predict torch sanitizer}
case " $sections " in
  *" torch "*)
    setsid python3 "$here/bench_torch.py" --compile --out "$out" --seconds 200 ${TORCH:-} ${tiny:+--tiny} > "$out/compile.txt" 2>&1 &
    compiling=$! ;;
esac
for name in $sections; do
  run "$name"
done
# What failed in the catalog may be much: the start of it here, all of it in the table's file.
awk '$1 != "catalog" || ++rows <= 40' "$out/table.txt" | cut -c1-260
echo "check: $((SECONDS - began)) s, results in $out"
