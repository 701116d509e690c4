#!/usr/bin/env bash
# Compares training and prediction with the original program (Debian: fasttext) on the same text, flags and machine.
#
#   bench/fasttext.sh TRAIN TEST [LOSS] [THREADS] [EPOCHS]     softmax, 1 and 2 unless told otherwise
#
# Prints words/s in training (reading the text and writing the model included; Crema's also without locks, to see what
# equal bits cost), lines/s in prediction (loading the model excluded), peak memory, and P@1. Runs alternate; read
# medians of several, on a quiet machine.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

if [ $# -lt 2 ] || [ $# -gt 5 ]; then usage; fi
train=$1
test=$2
loss=${3:-softmax}
threads=${4:-1}
epochs=${5:-2}
need_files "$train" "$test"
need_count THREADS "$threads"
need_count EPOCHS "$epochs"
need_programs fasttext
/usr/bin/time -f %e -o /dev/null true 2>/dev/null || wrong_use "needs GNU time as /usr/bin/time"
"$root/crema" --version >/dev/null # builds, where that is to be done, before something is timed
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-loss "$loss" -dim 100 -wordNgrams 2 -minn 3 -maxn 6 -bucket 2000000 -epoch "$epochs" -thread "$threads" -verbose 0)

report() { # report NAME WALL PEAK_KB
  words=$(wc -w < "$train")
  awk -v n="$1" -v s="$2" -v k="$3" -v w="$words" -v e="$epochs" \
    'BEGIN { printf "%-10s %9.0f words/s %6.1f s %6.0f MiB\n", n, w * e / s, s, k / 1024 }'
}

speed() { # speed NAME COMMAND...; loading is measured on an empty text and taken off
  name=$1
  shift
  /usr/bin/time -o "$work/loading" -f %e "$@" /dev/null > /dev/null
  /usr/bin/time -o "$work/all" -f %e "$@" "$test" > /dev/null
  wc -l < "$test" | awk -v n="$name" -v l="$(cat "$work/loading")" -v a="$(cat "$work/all")" '{
    if (a - l > 0.2) printf "%-10s %9.0f lines/s\n", n, $1 / (a - l)
    else print n ": the test is too short to measure prediction" }'
}

/usr/bin/time -o "$work/peak" -f '%e %M' fasttext supervised -input "$train" -output "$work/original" "${flags[@]}"
read -r wall peak < "$work/peak"
report original "$wall" "$peak"
fasttext test "$work/original.bin" "$test"
speed original fasttext predict "$work/original.bin"

/usr/bin/time -o "$work/peak" -f '%e %M' \
  "$root/crema" fasttext supervised -input "$train" -output "$work/ours" "${flags[@]}"
read -r wall peak < "$work/peak"
report crema "$wall" "$peak"
/usr/bin/time -o "$work/peak" -f '%e %M' \
  "$root/crema" fasttext supervised -input "$train" -output "$work/racing" "${flags[@]}" -lockFree
read -r wall peak < "$work/peak"
rm "$work/racing.bin" "$work/racing.vec"
report lock-free "$wall" "$peak"
"$root/crema" fasttext test "$work/ours.bin" "$test"
speed crema "$root/crema" fasttext predict "$work/ours.bin"
