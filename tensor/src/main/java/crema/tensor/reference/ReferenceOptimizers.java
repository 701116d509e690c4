package crema.tensor.reference;

import crema.tensor.Optimizers;

/** The specification of {@link Optimizers}. */
final class ReferenceOptimizers implements Optimizers {}
