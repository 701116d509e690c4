package crema.nn.model;

import crema.nn.ParameterSource;
import java.util.Map;

/** The shape of a {@link TextEncoder}, under the names that Hugging Face's {@code config.json} has. */
public interface TextEncoderConfig {
  /** The encoder, whose parameters come from a source. */
  TextEncoder create(ParameterSource source);

  /** The architecture, by which the config is read. */
  Architecture architecture();

  /** The number of tokens of the vocabulary. */
  int vocabSize();

  /** The number of features of a vector. */
  int hiddenSize();

  /** The shape in a few words for people. */
  String describe();

  /** The epsilon of the norms, for heads that have some. */
  double normEps();

  /** What {@link Architecture#read} reads, in a fixed order. */
  Map<String, Object> toMap();
}
