package crema.cli.fasttext;

import crema.fasttext.FastTextConfig;
import crema.fasttext.LossKind;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The original's hyper-parameters. What is not given keeps the verb's default. */
final class TrainingFlags {
  @Option(names = "-minCount", paramLabel = "N", description = "Words seen less often get no vector of their own.")
  private @Nullable Integer minCount;

  @Option(names = "-minCountLabel", paramLabel = "N", description = "Labels seen less often are dropped.")
  private @Nullable Integer minCountLabel;

  @Option(names = "-wordNgrams", paramLabel = "N", description = "The longest word n-gram.")
  private @Nullable Integer wordNgrams;

  @Option(names = "-bucket", paramLabel = "N", description = "Rows shared by all n-grams.")
  private @Nullable Integer bucket;

  @Option(names = "-minn", paramLabel = "N", description = "The shortest character n-gram.")
  private @Nullable Integer minn;

  @Option(names = "-maxn", paramLabel = "N", description = "The longest character n-gram; 0 for none.")
  private @Nullable Integer maxn;

  @Option(names = "-t", paramLabel = "F", description = "The frequency above which words are sub-sampled.")
  private @Nullable Double t;

  @Option(names = "-label", paramLabel = "PREFIX", description = "What tells a label from a word.")
  private @Nullable String label;

  @Option(names = "-lr", paramLabel = "LR", description = "The learning rate at the start.")
  private @Nullable Double lr;

  @Option(names = "-lrUpdateRate", paramLabel = "N", description = "Tokens between two changes of the learning rate.")
  private @Nullable Integer lrUpdateRate;

  @Option(names = "-dim", paramLabel = "N", description = "The length of a vector.")
  private @Nullable Integer dim;

  @Option(names = "-ws", paramLabel = "N", description = "The size of the context window.")
  private @Nullable Integer ws;

  @Option(names = "-epoch", paramLabel = "N", description = "Passes over the data.")
  private @Nullable Integer epoch;

  @Option(names = "-neg", paramLabel = "N", description = "Negatives sampled.")
  private @Nullable Integer neg;

  @Option(names = "-loss", paramLabel = "NAME", description = "ns, hs, softmax or one-vs-all.")
  private @Nullable String loss;

  @Option(names = "-thread", paramLabel = "N",
      description = "Threads (default: all processors). The result does not depend on it, unless they are lock-free.")
  private @Nullable Integer thread;

  @Option(names = "-lockFree",
      description = "Threads do not wait for each other: faster, but with several no two runs give the same model.")
  private boolean lockFree;

  @Option(names = "-pretrainedVectors", paramLabel = "FILE", description = "A .vec file to start from.")
  private @Nullable Path pretrainedVectors;

  @Option(names = "-seed", paramLabel = "N", description = "Of everything random (default: 0).")
  private @Nullable Long seed;

  /** Sets what was given. */
  void applyTo(FastTextConfig.Builder config) {
    set(minCount, config::minCount);
    set(minCountLabel, config::minCountLabel);
    set(wordNgrams, config::wordNgrams);
    set(bucket, config::bucket);
    set(minn, config::minn);
    set(maxn, config::maxn);
    set(t, config::t);
    set(label, config::labelPrefix);
    set(lr, config::lr);
    set(lrUpdateRate, config::lrUpdateRate);
    set(dim, config::dim);
    set(ws, config::ws);
    set(epoch, config::epoch);
    set(neg, config::neg);
    set(loss, name -> config.loss(LossKind.of(name)));
    set(thread, config::threads);
    config.lockFree(lockFree);
    set(pretrainedVectors, config::pretrainedVectors);
    set(seed, config::seed);
  }

  private static <T> void set(@Nullable T given, Consumer<T> setter) {
    if (given != null) {
      setter.accept(given);
    }
  }
}
