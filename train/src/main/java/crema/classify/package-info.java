/**
 * What a classifier is, where its files are, and what a family of models offers: to be loaded, described and trained. An
 * application that only predicts needs this package alone.
 *
 * <p>{@link crema.classify.Classifier#load} opens a model of any {@link crema.classify.ModelFamily}. The families are in
 * packages of their own, which nothing here knows: they are found through {@link java.util.ServiceLoader}.
 */
package crema.classify;
