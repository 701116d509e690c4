/**
 * The family of fastText models: what is trained, the run that trains it, also with a search for settings and with
 * cross-validation, and its classifier. The engine is {@link crema.fasttext}.
 */
package crema.family.fasttext;
