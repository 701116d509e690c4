/** Finds rows whose labels are doubtful, labels that overlap, and what is wrong with the answers of a model. */
@NullMarked
package crema.audit;

import org.jspecify.annotations.NullMarked;
