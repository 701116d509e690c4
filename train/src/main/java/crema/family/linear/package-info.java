/**
 * The family of linear models over TF-IDF, a baseline: what is trained, the run that trains it, and its classifier. The
 * engine is {@link crema.linear}.
 */
package crema.family.linear;
