package crema.tensor;

/**
 * The weights of the three projections of an attention.
 *
 * @param query {@code [queries, in]}
 * @param key {@code [keys, in]}
 * @param value {@code [keys, in]}
 * @param <T> what stands for a weight
 */
public record QkvWeights<T>(T query, T key, T value) {}
