package crema.family.encoder;

import static crema.settings.Checks.requireAtLeast;
import static crema.settings.Checks.requireIn;
import static crema.settings.Checks.requireOneOf;

import crema.base.UserError;
import crema.classify.RunSettings;
import crema.run.DataSettings;
import crema.task.DecisionConfig;
import crema.task.LossConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides what a training run computes. Two runs with equal configurations over the same data give the
 * same bits; the number of threads and where things are written are therefore not part of it.
 *
 * @param data which rows, and how they are split
 * @param tokenizer how texts become tokens
 * @param encoder the network
 * @param loss the loss that it is trained with
 * @param sampling which rows an epoch trains on
 * @param optimization how it is trained
 * @param decision how probabilities become answers
 * @param validation when it is validated and what counts as better
 * @param seed of everything random: splits, initial weights, order, dropout
 */
public record TrainingConfig(
    DataSettings data,
    Tokens tokenizer,
    Encoder encoder,
    LossConfig loss,
    SamplingConfig sampling,
    Optimization optimization,
    DecisionConfig decision,
    Validation validation,
    long seed) implements RunSettings {
  /** Checks that the loss is one for the target. */
  public TrainingConfig {
    loss.requireFor(data.labels().kind());
  }

  @Override
  public String model() {
    return EncoderFamily.KEY;
  }

  /**
   * How texts become tokens.
   *
   * @param file a {@code tokenizer.json} to use, or null to train one on the training texts
   * @param vocabularySize of a tokenizer that is trained
   * @param lowercase whether a tokenizer that is trained ignores case
   * @param maxLength longer texts are cut to so many tokens
   */
  public record Tokens(@Nullable String file, int vocabularySize, boolean lowercase, int maxLength) {
    /** Checks the sizes. */
    public Tokens {
      requireAtLeast("vocabulary_size", vocabularySize, 256);
      requireAtLeast("max_length", maxLength, 1);
    }
  }

  /**
   * The network: the encoder and its head.
   *
   * @param hiddenSize features of a token
   * @param layers number of blocks
   * @param heads query heads
   * @param keyValueHeads key and value heads
   * @param ffnSize features within the feed-forward network
   * @param head {@code mlp} or {@code residual}
   * @param headSize features within the head; 0 for the hidden size
   * @param bagSize features of a token in the bag of tokens beside the encoder; 0 for none
   * @param tokenDropout how probably each token of a training text is left out
   * @param dropout on embeddings and attention weights
   * @param headDropout within the head
   * @param dropPath stochastic depth of the last layer, rising from 0 at the first
   */
  public record Encoder(
      int hiddenSize,
      int layers,
      int heads,
      int keyValueHeads,
      int ffnSize,
      String head,
      int headSize,
      int bagSize,
      double tokenDropout,
      double dropout,
      double headDropout,
      double dropPath) {
    /** Checks what does not depend on other settings. */
    public Encoder {
      requireAtLeast("hidden_size", hiddenSize, 1);
      requireAtLeast("layers", layers, 1);
      requireAtLeast("heads", heads, 1);
      requireAtLeast("key_value_heads", keyValueHeads, 1);
      requireAtLeast("ffn_size", ffnSize, 1);
      requireAtLeast("head_size", headSize, 0);
      requireAtLeast("bag_size", bagSize, 0);
      if (!head.equals("mlp") && !head.equals("residual")) {
        throw new UserError("head must be mlp or residual, not '" + head + "'");
      }
      if (hiddenSize % heads != 0 || hiddenSize / heads % 2 != 0) {
        throw new UserError("hidden_size " + hiddenSize + " must split into " + heads
            + " heads of an even number of features");
      }
      if (heads % keyValueHeads != 0) {
        throw new UserError("heads (" + heads + ") must be a multiple of key_value_heads (" + keyValueHeads
            + ")");
      }
      requireIn("token_dropout", tokenDropout, 0, 0.9);
      requireIn("dropout", dropout, 0, 0.9);
      requireIn("head_dropout", headDropout, 0, 0.9);
      requireIn("drop_path", dropPath, 0, 0.9);
    }
  }

  /**
   * How the network is trained.
   *
   * @param epochs passes over the training rows
   * @param maxSteps stop after so many steps; 0 for no limit
   * @param batchTokens a batch holds at most so many tokens
   * @param batchSize a batch holds at most so many texts; 0 for no limit
   * @param accumulation batches whose gradients make one step
   * @param learningRate the highest learning rate
   * @param weightDecay of matrices; biases, norms and γ do not decay
   * @param beta1 decay of AdamW's first moment
   * @param beta2 decay of AdamW's second moment
   * @param epsilon of AdamW
   * @param warmupSteps steps in which the learning rate rises from 0
   * @param schedule {@code none}, {@code linear}, {@code cosine} or {@code exponential}: the fall after the warm-up
   * @param minScale where the schedule ends, as a fraction of the learning rate
   * @param clipNorm the largest global norm of a gradient; 0 for no limit
   */
  public record Optimization(
      int epochs,
      long maxSteps,
      int batchTokens,
      int batchSize,
      int accumulation,
      double learningRate,
      double weightDecay,
      double beta1,
      double beta2,
      double epsilon,
      int warmupSteps,
      String schedule,
      double minScale,
      double clipNorm) {
    private static final List<String> SCHEDULES = List.of("none", "linear", "cosine", "exponential");

    /** Checks the ranges. */
    public Optimization {
      requireAtLeast("epochs", epochs, 1);
      requireAtLeast("max_steps", maxSteps, 0);
      requireAtLeast("batch_tokens", batchTokens, 1);
      requireAtLeast("batch_size", batchSize, 0);
      requireAtLeast("accumulation", accumulation, 1);
      requireAtLeast("warmup_steps", warmupSteps, 0);
      requireIn("learning_rate", learningRate, 0, 100);
      requireIn("weight_decay", weightDecay, 0, 100);
      requireIn("beta1", beta1, 0, Math.nextDown(1.0));
      requireIn("beta2", beta2, 0, Math.nextDown(1.0));
      requireIn("epsilon", epsilon, Double.MIN_NORMAL, 1);
      requireIn("min_scale", minScale, 0, 1);
      requireIn("clip_norm", clipNorm, 0, Float.MAX_VALUE);
      requireOneOf("schedule", schedule, SCHEDULES);
      if (schedule.equals("exponential") && minScale == 0) {
        throw new UserError("an exponential schedule needs a min_scale above 0");
      }
    }
  }

  /**
   * When the network is validated and what counts as better.
   *
   * @param everySteps validate after so many steps; 0 for after each epoch
   * @param metric {@code loss}, or a metric of the validation: {@code accuracy}, {@code macro_f1}, {@code micro_f1},
   *     {@code weighted_f1}, {@code samples_f1}
   * @param patience stop after so many validations without a better one; 0 to never stop
   * @param tolerance what the best metric is multiplied by before a new one is compared with it: 1 wants more than the
   *     best, 0.995 lets a little less pass, and makes it the new best
   */
  public record Validation(long everySteps, String metric, int patience, double tolerance) {
    private static final List<String> METRICS =
        List.of("loss", "accuracy", "macro_f1", "micro_f1", "weighted_f1", "samples_f1");

    /** Checks the ranges. */
    public Validation {
      requireAtLeast("validate_every", everySteps, 0);
      requireAtLeast("patience", patience, 0);
      requireOneOf("metric", metric, METRICS);
      requireIn("tolerance", tolerance, 0.5, 1);
    }
  }
}
