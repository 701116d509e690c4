/** Models of rows that have a text, a picture or both: how the vectors of the two become one, and logits of that. */
@NullMarked
package crema.nn.model.fusion;

import org.jspecify.annotations.NullMarked;
