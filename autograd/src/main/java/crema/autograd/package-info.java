/**
 * Automatic differentiation: the tape, its variables and gradients, and their check by differences. Ops are in {@code
 * op}.
 */
package crema.autograd;
