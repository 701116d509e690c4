package crema.tensor;

import org.jspecify.annotations.Nullable;

/**
 * The weights of the three projections of an attention, or what belongs to each of them.
 *
 * @param query of {@code [queries, in]}
 * @param key of {@code [keys, in]}
 * @param value of {@code [keys, in]}
 */
public record QkvWeights<T extends @Nullable Object>(T query, T key, T value) {}
