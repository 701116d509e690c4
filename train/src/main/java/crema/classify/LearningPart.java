package crema.classify;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.data.PackedBatch;
import crema.data.TokenEncoder;
import crema.nn.Module;
import java.io.IOException;

/** The network of a trained model that goes on learning as a part of a larger one. */
public interface LearningPart extends AutoCloseable {
  /**
   * What the network says of a batch.
   *
   * @param vectors one a row, {@code [rows, features]}
   * @param logits {@code [rows, labels]}, the labels being the model's own
   */
  record Said(Variable vectors, Variable logits) {}

  /** All that learns, and what is saved with it. */
  Module network();

  /** How texts become the tokens of batches; a model that reads none gives each text a token that stands for nothing. */
  default TokenEncoder tokens() {
    return _ -> new int[] {0};
  }

  /**
   * Runs the network.
   *
   * @param batch rows that have what the model reads: texts are {@linkplain #tokens its tokens}, and pictures are where
   *     the metadata say
   * @param epoch of a training, in which what is read is changed in another way than in other epochs
   */
  Said say(Tape tape, PackedBatch batch, long epoch);

  /** Whether it was pretrained on more than the rows at hand, so that it learns slower than what started from nothing. */
  boolean isPretrained();

  /** Replaces the weights in a directory that holds a copy of the model. */
  void write(ModelDirectory directory) throws IOException;

  /** Gives back the network. */
  @Override
  void close();
}
