package crema.tensor.cpu;

import crema.tensor.Embedding;

/** {@link Embedding} with SIMD kernels. */
final class CpuEmbedding implements Embedding {}
