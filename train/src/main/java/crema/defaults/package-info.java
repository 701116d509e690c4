/** Settings that suit the training rows, where nobody gives any: the rules, and what applies them. */
@NullMarked
package crema.defaults;

import org.jspecify.annotations.NullMarked;
