/** Small programs, each of which shows one way to use Crema; nothing that another module needs. */
@NullMarked
package crema.examples;

import org.jspecify.annotations.NullMarked;
