package crema.nn.model;

/**
 * How an architecture's original head for classification is an {@link HeadConfig.Kind#MLP}: dropout, linear, GELU, dropout,
 * linear of a pooled vector.
 *
 * @param config the encoder's, whose original head reads that pooled vector
 * @param hidden the state-dict key of the first linear layer
 * @param output the state-dict key of the last one
 */
public record OriginalMlp(TextEncoderConfig config, String hidden, String output) {}
