package crema.tensor.reference;

import crema.tensor.Pointwise;

/** The specification of {@link Pointwise}. */
final class ReferencePointwise implements Pointwise {}
