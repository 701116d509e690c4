/**
 * The executable specification: every op as plain loops in double precision, and fallbacks with which a backend runs on
 * it.
 */
package crema.tensor.reference;
