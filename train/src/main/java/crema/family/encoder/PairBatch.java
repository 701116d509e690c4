package crema.family.encoder;

import crema.data.PackedBatch;
import crema.nn.loss.Targets;

/**
 * Pairs of texts that are trained on together.
 *
 * @param texts the texts, each once
 * @param pairs which of them, and how similar they are
 */
record PairBatch(PackedBatch texts, Targets.Pairs pairs) {}
