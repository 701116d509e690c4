package crema.cli;

import crema.family.encoder.TrainingConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The tokenizer and the network of an encoder. */
final class EncoderOptions {
  @Option(names = "--tokenizer", paramLabel = "FILE",
      description = "A tokenizer.json (default: train one on the texts).")
  private @Nullable String tokenizer;

  @Option(names = "--vocabulary-size", paramLabel = "N", defaultValue = "32000",
      description = "Of the tokenizer that is trained (default: ${DEFAULT-VALUE}).")
  private int vocabularySize;

  @Option(names = "--lowercase", description = "Ignore case.")
  private boolean lowercase;

  @Option(names = "--max-length", paramLabel = "N", defaultValue = "256",
      description = "Longer texts are cut to so many tokens (default: ${DEFAULT-VALUE}).")
  private int maxLength;

  @Option(names = "--hidden-size", paramLabel = "N", defaultValue = "384",
      description = "Features of a token (default: ${DEFAULT-VALUE}).")
  private int hiddenSize;

  @Option(names = "--layers", paramLabel = "N", defaultValue = "10",
      description = "Blocks (default: ${DEFAULT-VALUE}).")
  private int layers;

  @Option(names = "--heads", paramLabel = "N", defaultValue = "6",
      description = "Query heads (default: ${DEFAULT-VALUE}).")
  private int heads;

  @Option(names = "--kv-heads", paramLabel = "N", defaultValue = "2",
      description = "Key and value heads (default: ${DEFAULT-VALUE}).")
  private int keyValueHeads;

  @Option(names = "--ffn-size", paramLabel = "N", defaultValue = "1536",
      description = "Features within the feed-forward network (default: ${DEFAULT-VALUE}).")
  private int ffnSize;

  @Option(names = "--head", paramLabel = "KIND", defaultValue = "mlp",
      description = "mlp or residual (default: ${DEFAULT-VALUE}).")
  private String head = "mlp";

  @Option(names = "--head-size", paramLabel = "N", defaultValue = "0",
      description = "Features within the head (default: the hidden size).")
  private int headSize;

  @Option(names = "--bag-size", paramLabel = "N", defaultValue = "0",
      description = "Adds a bag of tokens beside the encoder, as fastText's, of N features a token: it learns words "
          + "from few rows (default: none).")
  private int bagSize;

  @Option(names = "--token-dropout", paramLabel = "P", defaultValue = "0",
      description = "Leaves tokens out of training texts, others each time (default: ${DEFAULT-VALUE}).")
  private double tokenDropout;

  @Option(names = "--dropout", paramLabel = "P", defaultValue = "0",
      description = "On embeddings and attention weights (default: ${DEFAULT-VALUE}).")
  private double dropout;

  @Option(names = "--head-dropout", paramLabel = "P", defaultValue = "0.1",
      description = "Within the head (default: ${DEFAULT-VALUE}).")
  private double headDropout;

  @Option(names = "--drop-path", paramLabel = "P", defaultValue = "0.1",
      description = "Stochastic depth of the last layer (default: ${DEFAULT-VALUE}).")
  private double dropPath;

  /** Whether texts are read without regard to case, by every kind of model. */
  boolean lowercase() {
    return lowercase;
  }

  /** The settings of the tokenizer. */
  TrainingConfig.Tokens tokens() {
    return new TrainingConfig.Tokens(tokenizer, vocabularySize, lowercase, maxLength);
  }

  /** The settings of the network. */
  TrainingConfig.Encoder encoder() {
    return new TrainingConfig.Encoder(hiddenSize, layers, heads, keyValueHeads, ffnSize, head, headSize, bagSize,
        tokenDropout, dropout, headDropout, dropPath);
  }
}
