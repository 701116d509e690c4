package crema.tensor.reference;

import crema.tensor.Embedding;

/** The specification of {@link Embedding}. */
final class ReferenceEmbedding implements Embedding {}
