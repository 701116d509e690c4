/** Classifiers of rows that have a text, a picture or both: a model of each, and a network that joins their vectors. */
@NullMarked
package crema.family.fusion;

import org.jspecify.annotations.NullMarked;
