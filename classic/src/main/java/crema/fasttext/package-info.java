/**
 * fastText: linear text classification and word vectors over bags of words, word n-grams and character n-grams.
 *
 * <p>Models are those of the program of the same name, file format 12: its {@code .bin} and {@code .ftz} files load
 * here and give the same probabilities, and files written here load there. Training is our own and deterministic: the
 * same data, configuration and seed give the same bits whatever the number of threads.
 *
 * <p>Sources: Joulin et al., "Bag of Tricks for Efficient Text Classification" (2016); Bojanowski et al., "Enriching
 * Word Vectors with Subword Information" (2016); Joulin et al., "FastText.zip" (2016).
 */
@NullMarked
package crema.fasttext;

import org.jspecify.annotations.NullMarked;
