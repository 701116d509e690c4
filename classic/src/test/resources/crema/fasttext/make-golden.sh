#!/bin/sh
# Makes the golden models and predictions of FastTextGoldenTest with the original program (Debian: fasttext 0.9.2).
set -e
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Titles of four shops: a brand, a thing, a size, and a word that says nothing. Some have two labels, some odd bytes.
awk 'BEGIN {
  split("phone fridge camera kettle", label); split("Nokio Samsing Cänon Rüssel Ωmega 東芝 Филипс", brand)
  split("smartphone handset refrigerator freezer lens tripod kettle toaster", thing)
  split("black white 64gb 4k 1.7l wi-fi new", extra)
  s = 7
  for (i = 0; i < 160; i++) {
    s = (s * 1103515245 + 12345) % 2147483648; a = int(s / 65536)
    s = (s * 1103515245 + 12345) % 2147483648; b = int(s / 65536)
    l = a % 4 + 1; if (a % 7 == 0) l = 1
    line = "__label__" label[l]
    if (b % 9 == 0) line = line " __label__" label[b % 4 + 1]
    line = line " " brand[b % 7 + 1] " " thing[2 * l - 1 + a % 2] " " extra[(a + b) % 7 + 1]
    if (b % 5 == 0) line = line "\t" brand[a % 7 + 1]
    print line
  }
}' > train.txt
{ sed -n '1~6p' train.txt | cut -d' ' -f2-; printf 'unknown wörds only\n\n   \nNokio </s> kettle\nno end of line 東芝'; } > lines.txt

common="-input train.txt -dim 6 -lr 0.5 -epoch 5 -thread 1 -verbose 0"
for loss in softmax hs ns one-vs-all; do
  fasttext supervised $common -loss $loss -output "$work/$loss-words"
  fasttext supervised $common -loss $loss -wordNgrams 2 -minn 2 -maxn 3 -bucket 300 -output "$work/$loss-ngrams"
done
cp "$work"/*.bin .
cp "$work/softmax-ngrams.bin" "$work/plain.bin"
fasttext quantize -output "$work/plain" -input train.txt -verbose 0
cp "$work/hs-ngrams.bin" "$work/norms.bin"
fasttext quantize -output "$work/norms" -input train.txt -qnorm -dsub 4 -verbose 0
cp "$work/one-vs-all-ngrams.bin" "$work/pruned.bin"
fasttext quantize -output "$work/pruned" -input train.txt -cutoff 270 -retrain -epoch 1 -lr 0.1 -thread 1 -verbose 0
cp "$work"/*.ftz .
for model in *.bin *.ftz; do
  [ "$model" = words.bin ] || fasttext predict-prob "$model" lines.txt 3 > "$model.expected"
done
fasttext skipgram -input train.txt -dim 4 -minCount 3 -bucket 50 -epoch 9 -t 0.1 -thread 10 -verbose 0 -output "$work/words"
cp "$work/words.bin" "$work/words.vec" .
printf 'kettle\nunknown\n</s>\n' | fasttext print-word-vectors words.bin > word-vectors.expected
printf 'Nokio kettle unknown\n' | fasttext print-sentence-vectors words.bin > sentence-vectors.expected
printf 'Nokio kettle unknown\n' | fasttext print-sentence-vectors softmax-ngrams.bin >> sentence-vectors.expected
fasttext print-ngrams words.bin kettle > ngrams.expected
printf 'kettle\n' | fasttext nn words.bin 5 > nn.expected
# The original initialises only a tenth of the matrix on one thread, hence the ten above.
fasttext dump words.bin args > dump-args.expected
fasttext dump words.bin dict > dump-dict.expected
fasttext dump softmax-words.bin output > dump-output.expected
