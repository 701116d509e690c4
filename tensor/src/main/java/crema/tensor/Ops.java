package crema.tensor;

/**
 * The families of a backend's ops.
 *
 * @param matMul matrix products
 * @param pointwise ops on each element, with what is fused to them
 * @param reduction sums, softmax and pooling
 * @param normalization RMSNorm and LayerNorm
 * @param attention attention over packed sequences, and rotary positions
 * @param embedding gathering rows of a table, and the gradient of that
 * @param spatial convolution, pooling and normalization of pictures
 * @param losses losses with their gradients
 * @param optimizers updates of parameters
 * @param fused coarse ops that a backend may fuse
 */
public record Ops(MatMulOps matMul, PointwiseOps pointwise, ReductionOps reduction, NormalizationOps normalization,
    AttentionOps attention, EmbeddingOps embedding, SpatialOps spatial, LossOps losses,
    OptimizerOps optimizers, FusedOps fused) {}
