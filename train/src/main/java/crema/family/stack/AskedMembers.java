package crema.family.stack;

import crema.base.PieceJournal;
import crema.classify.Item;
import crema.classify.RunContext;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Asks the members of a stack, and keeps what they say: a run that was killed asks for the rest. */
final class AskedMembers implements HeldOut.Asked, Closeable {
  private final StackMembers members;
  private final RunContext context;
  private final PieceJournal kept;
  private long nanos;
  private long texts;

  /**
   * Members that are asked.
   *
   * @param identity a digest of the models and the texts
   * @param context is told where the file cannot be written, and says when to stop
   */
  AskedMembers(StackMembers members, Path file, String identity, RunContext context) {
    this.members = members;
    this.context = context;
    kept = PieceJournal.open(file, identity, context.listener()::warning);
  }

  @Override
  public float[][][] ask(List<Item> asked) {
    float[][] rows = kept.nextRows(() -> {
      context.stop().check();
      return Arrays.stream(timed(asked)).flatMap(Arrays::stream).toArray(float[][]::new);
    });
    var logits = new ArrayList<float[][]>();
    for (int from = 0; from < rows.length; from += asked.size()) {
      logits.add(Arrays.copyOfRange(rows, from, from + asked.size()));
    }
    return logits.toArray(float[][][]::new);
  }

  private float[][][] timed(List<Item> asked) {
    long began = System.nanoTime();
    float[][][] logits = members.logits(asked);
    nanos += System.nanoTime() - began;
    texts += asked.size();
    return logits;
  }

  /**
   * How long it takes to ask for an item, on average over those that were not known.
   *
   * @param samples are asked where all items were known
   */
  double milliseconds(List<Item> samples) {
    if (texts == 0) {
      timed(samples);
    }
    return nanos * 1e-6 / Math.max(1, texts);
  }

  @Override
  public void close() {
    kept.close();
  }
}
