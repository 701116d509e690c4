package crema.tensor;

import org.jspecify.annotations.Nullable;

/**
 * What an attention adds to the score of a query at position i and a key at position j for their distance i − j, which
 * falls into bucket b: scale · (q · keys[b] + queries[b] · k) + bias[b] for each head. Any of the three tables may be
 * absent. The first two are DeBERTa's content-to-position and position-to-content terms (He et al., arXiv 2006.03654,
 * equation 3), the last is T5's and MPNet's bias (Raffel et al., arXiv 1910.10683, section 2.1).
 *
 * @param buckets {@code I32 [2 · longest − 1]}: the bucket of distance i − j at element longest − 1 + i − j, longest
 *     being the length of the batch's longest sequence
 * @param keys {@code [buckets, numHeads · headDim]}, or null
 * @param queries {@code [buckets, numHeads · headDim]}, or null
 * @param bias {@code [buckets, numHeads]}, or null
 */
public record RelativePositions(Tensor buckets, @Nullable Tensor keys, @Nullable Tensor queries,
    @Nullable Tensor bias) {}
