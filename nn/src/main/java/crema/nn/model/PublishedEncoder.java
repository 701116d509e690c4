package crema.nn.model;

import crema.nn.Weights;

/**
 * An encoder as one that Hugging Face's libraries have.
 *
 * @param config its shape, of an architecture of theirs
 * @param weights under the names of that architecture's state dict, without its prefix
 */
public record PublishedEncoder(TextEncoderConfig config, Weights weights) {}
