package crema.tensor.reference;

import crema.tensor.Attention;

/** The specification of {@link Attention}. */
final class ReferenceAttention implements Attention {}
