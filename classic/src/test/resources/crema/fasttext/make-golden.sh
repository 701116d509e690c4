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

# Lines as they come from anywhere: ends of Windows, blank ones, bytes that are no UTF-8, NUL, spaces of Unicode, the end
# of a sentence and labels within the text, other white space, and no end of the last line.
printf 'Nokio handset new\r\n\r\n\n \t \nNokio\0handset new\nNokio\302\240handset\nNokio\343\200\200handset\n' > odd.txt
printf '</s> kettle </s> toaster\n__label__phone Nokio __label__nosuch lens\n\377\376 Nokio \303 handset\n' >> odd.txt
printf 'Nokio\vhandset\flens\n\357\273\277Nokio lens\nNokio lens\rNokio toaster\n__label__\n</s>\ntripod lens' >> odd.txt
for model in softmax-ngrams.bin hs-words.bin one-vs-all-ngrams.bin; do
  fasttext predict-prob $model odd.txt -1 0.1 > odd-$model.expected
done
# The same with labels, some of which nothing knows.
awk 'BEGIN { RS = "\n"; ORS = "" } { print (NR % 3 == 0 ? "__label__kettle " : NR % 3 == 1 ? "__label__camera __label__nosuch " : "") $0 "\n" }' odd.txt \
  | tr -d '\000' > odd-labelled.txt
fasttext supervised -input odd-labelled.txt -dim 2 -epoch 1 -thread 1 -verbose 0 -output "$work/odd"
fasttext dump "$work/odd.bin" dict > odd-dict.expected
{ fasttext test softmax-ngrams.bin odd-labelled.txt; fasttext test hs-words.bin odd-labelled.txt 2 0.2; } > odd-test.expected
# A model of an earlier version: its character n-grams were not used.
{ head -c 4 softmax-ngrams.bin; printf '\013\0\0\0'; tail -c +9 softmax-ngrams.bin; } > "$work/v11.bin"
fasttext predict-prob "$work/v11.bin" lines.txt 3 > v11.expected
# Word vectors with ends of lines of Windows, spaces at the ends, a word with a space of Unicode, a word twice.
printf '5 3\r\nkettle 1 2 3\r\nlens 4 5 6 \r\nNokio\302\240x 7 8 9\r\nlens 10 11 12\r\nR\303\274ssel -1 -2.5e-3 0\r\n' > odd.vec
fasttext supervised -input train.txt -dim 3 -lr 0 -epoch 1 -thread 1 -verbose 0 -pretrainedVectors odd.vec -output "$work/vec"
printf 'kettle\nlens\nR\303\274ssel\n' | fasttext print-word-vectors "$work/vec.bin" > odd-vec.expected
