package crema.tensor.reference;

import crema.tensor.Normalization;

/** The specification of {@link Normalization}. */
final class ReferenceNormalization implements Normalization {}
