package crema.tensor.reference;

import crema.tensor.Reduction;

/** The specification of {@link Reduction}. */
final class ReferenceReduction implements Reduction {}
