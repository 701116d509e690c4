#!/usr/bin/env bash
# Trains the same small encoder on the same tokens here and in PyTorch, and prints accuracy and macro F1 after each epoch.
#
#   bench/accuracy.sh TRAIN VALIDATION TEXT-COLUMN LABEL-COLUMN [SEED...]     seeds 1 2 3 unless told otherwise
#
# Build first: mvn -Pbench package -DskipTests
# CREMA_JAVA_HOME names the JDK, PYTHON a Python with PyTorch. WORK is where models and tokens are left.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -ge 4 ] || usage
train=$1 validation=$2 text=$3 label=$4
shift 4
[ $# -gt 0 ] || set -- 1 2 3
for seed; do
  need_count "a seed" "$seed"
done
need_files "$train" "$validation"
need_torch
benchmarks
work=${WORK:-$(mktemp -d)}
mkdir -p "$work"

value() { sed -n "s/.*\"$1\" *: *\([0-9]*\).*/\1/p" "$2" | sed -n 1p; }

tokens() { # tokens MODEL FILE OUT
  bench_java "$jar" crema.bench.ExportTokens "$1" "$2" "$text" "$label" 48 "$3"
}

for seed; do
  model=$work/crema-$seed
  log=$work/crema-$seed.out
  "$root/crema" train --train "$train" --validation "$validation" --test "$validation" --text "$text" --label "$label" \
    --output "$model" --overwrite --quiet --vocabulary-size 8000 --lowercase --max-length 48 --hidden-size 128 --layers 4 \
    --heads 4 --kv-heads 2 --ffn-size 384 --epochs 4 --batch-size 64 --batch-tokens 4096 --learning-rate 1e-3 \
    --warmup 50 --schedule cosine --min-scale 0.1 --seed "$seed" >"$log" 2>&1 || {
    status=$?
    tail -n 20 "$log" >&2
    echo "$script: training failed; the whole log is in $log" >&2
    exit "$status"
  }
  grep '"validation"' "$model/log.jsonl" | sed "s/^/crema   seed $seed /"
  tokens "$model" "$train" "$work/train.jsonl"
  tokens "$model" "$validation" "$work/validation.jsonl"
  "$python" "$root/nn/src/test/golden/encoder_torch.py" fit "$work/train.jsonl" "$work/validation.jsonl" \
    "$work/pytorch-$seed.json" vocab_size="$(value vocab_size "$model/config.json")" \
    num_labels="$(value num_labels "$model/config.json")" hidden_size=128 num_hidden_layers=4 num_attention_heads=4 \
    num_key_value_heads=2 ffn_hidden_size=384 epochs=4 batch=64 lr=1e-3 warmup=50 schedule=cosine min_scale=0.1 \
    seed="$seed" | sed "s/^/pytorch seed $seed /"
done
echo "$script: models and tokens are in $work" >&2
