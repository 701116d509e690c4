#!/bin/sh
# Makes what FastTextCommandTest compares with, by the original program (Debian: fasttext 0.9.2).
set -e
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > titles.txt <<'TITLES'
__label__phone Nokio smartphone black 64gb
__label__phone Samsing smartphone white
__label__phone __label__camera Nokio handset with camera lens
__label__camera Cänon camera lens black
__label__camera 東芝 camera tripod
__label__kettle Rüssel kettle white 1.7l
__label__kettle Rüssel kettle toaster set
__label__kettle Samsing kettle new
TITLES
printf 'Nokio smartphone\n\nunknown Rüssel kettle\n東芝 lens tripod\n' > lines.txt

common="-input titles.txt -lr 1 -epoch 100 -thread 1 -verbose 0"
fasttext supervised $common -dim 4 -wordNgrams 2 -minn 3 -maxn 3 -bucket 60 -output "$work/titles"
fasttext supervised $common -dim 4 -loss one-vs-all -output "$work/many"
# The original initialises only a tenth of the matrix on one thread, hence the ten.
fasttext skipgram -input titles.txt -dim 4 -minCount 1 -bucket 40 -epoch 9 -thread 10 -verbose 0 -output "$work/words"
cp "$work/titles.bin" "$work/many.bin" "$work/words.bin" .

fasttext test titles.bin titles.txt > test.expected
fasttext test many.bin titles.txt -1 0.3 > test-threshold.expected
fasttext predict titles.bin lines.txt 2 > predict.expected
fasttext predict-prob titles.bin lines.txt -1 0.1 > predict-prob.expected
fasttext print-word-vectors words.bin < lines.txt > print-word-vectors.expected
fasttext print-sentence-vectors titles.bin < lines.txt > print-sentence-vectors.expected
fasttext print-ngrams words.bin kettle > print-ngrams.expected
fasttext nn words.bin 3 < lines.txt > nn.expected
for part in args dict output; do
  fasttext dump titles.bin $part > dump-$part.expected
done
