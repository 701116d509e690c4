package crema.tensor;

import org.jspecify.annotations.Nullable;

/** What the gradients of {@link QkvWeights} are added to; null for those that nobody needs. */
public record QkvGradients(@Nullable Tensor query, @Nullable Tensor key, @Nullable Tensor value) {}
