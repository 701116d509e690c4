#!/usr/bin/env bash
# Trains and tests texts alone, pictures alone, three fusions of these two, and a stack of them with fastText, and prints
# the table of docs/results/marketplace.md.
#
#   experiments/marketplace/table.sh [SEED...]     seeds 1 2 3 unless told otherwise
#
# WORK is where products and models are left, runs/marketplace unless told otherwise; what is finished there is kept, and
# what was killed goes on. CREMA is the command line, ./crema unless told otherwise.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
crema=${CREMA:-$here/../../crema}
work=${WORK:-runs/marketplace}
[ $# -gt 0 ] || set -- 1 2 3

products=$work/products
[ -f "$products/test.jsonl" ] \
  || "$crema" data marketplace-sample --records 3000 --picture-size 32 --output "$products" >&2

trained() { # trained MODEL CONFIG SEED ARGUMENT...: trains it, goes on with it, or leaves it as it is
  local model=$1 config=$2 seed=$3
  shift 3
  if [ -f "$model/report.html" ] && [ ! -d "$model/checkpoints" ]; then return; fi
  if [ -f "$model/training.json" ]; then
    "$crema" train --resume --output "$model" --quiet >&2
    return
  fi
  "$crema" train --config "$here/_defaults.yaml" --config "$here/$config.yaml" --data "$products" --seed "$seed" \
    "$@" --output "$model" --quiet >&2
}

f1() { sed -n 's/.*"macro": {[^}]*"f1": \([0-9.]*\).*/\1/p' "$1/metrics.json" | sed -n 1p; }
shares() { sed -n 's/.*"Shares": "\(texts [0-9]*%, pictures [0-9]*%\).*/\1/p' "$1/metrics.json" | sed -n 1p; }

echo "seed,model,macro_f1,shares"
for seed; do
  runs=$work/seed-$seed
  mkdir -p "$runs"
  trained "$runs/text" text "$seed"
  trained "$runs/picture" picture "$seed"
  trained "$runs/fasttext" fasttext "$seed"
  for kind in concat gate attention; do
    trained "$runs/$kind" "fusion-$kind" "$seed" --text-model "$runs/text" --picture-model "$runs/picture"
  done
  if [ ! -f "$runs/stack/report.html" ]; then
    "$crema" stack "$runs/text" "$runs/picture" "$runs/fasttext" --train "$products/validation.jsonl" \
      --test "$products/test.jsonl" --label category --text title --recipe title.from=text_fields.title --lowercase \
      --image picture --metric macro_f1 --seed "$seed" --output "$runs/stack" --overwrite --quiet >&2
  fi
  for model in text picture fasttext concat gate attention stack; do
    echo "$seed,$model,$(f1 "$runs/$model"),\"$(shares "$runs/$model")\""
  done
done
