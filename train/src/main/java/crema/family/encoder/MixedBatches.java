package crema.family.encoder;

import crema.base.Permutation;
import crema.data.Batches;
import crema.data.PackedBatch;
import crema.nn.train.BatchSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Batches of several tasks in a random order, each of one task. Without shares an epoch has every task's rows once; with
 * shares it has as many batches in all, of which each task has its share, and goes on with further rounds over its rows
 * where they are too few. A function of the seed and the epoch alone.
 */
final class MixedBatches implements BatchSource<MixedBatches.Mixed> {
  private final List<Batches> tasks;
  private final boolean isShared;
  /** With shares, how many batches of each task an epoch has. */
  private final int[] counts;
  /** With shares, how many rounds over a task's rows an epoch has room for. */
  private final int[] rounds;
  private final long seed;

  /**
   * A batch of one task.
   *
   * @param task its number
   * @param batch the rows
   */
  record Mixed(int task, PackedBatch batch) {}

  /**
   * Mixes batches.
   *
   * @param shares of each task, or empty for all
   */
  MixedBatches(List<Batches> tasks, List<OptionalDouble> shares, long seed) {
    this.tasks = List.copyOf(tasks);
    this.seed = seed;
    isShared = shares.getFirst().isPresent();
    int[] natural = tasks.stream().mapToInt(task -> task.count(0)).toArray();
    long total = IntStream.of(natural).asLongStream().sum();
    double all = shares.stream().mapToDouble(share -> share.orElse(0)).sum();
    counts = IntStream.range(0, natural.length)
        .map(task -> isShared ? Math.toIntExact(Math.max(1, Math.round(total * shares.get(task).getAsDouble() / all)))
            : natural[task])
        .toArray();
    // Rounds have different numbers of batches; one more is enough for all.
    rounds = IntStream.range(0, natural.length).map(task -> Math.ceilDiv(counts[task], natural[task]) + 1).toArray();
  }

  private int[] counts(long epoch) {
    return isShared ? counts : tasks.stream().mapToInt(task -> task.count(epoch)).toArray();
  }

  @Override
  public int count(long epoch) {
    return Math.toIntExact(IntStream.of(counts(epoch)).asLongStream().sum());
  }

  @Override
  public Iterator<Mixed> epoch(long epoch, int first) {
    int[] order = order(counts(epoch), epoch);
    var done = new int[tasks.size()];
    for (int i = 0; i < first; i++) {
      done[order[i]]++;
    }
    var cursors = new ArrayList<Cursor>();
    for (int task = 0; task < tasks.size(); task++) {
      cursors.add(new Cursor(tasks.get(task), isShared ? epoch * rounds[task] : epoch, done[task]));
    }
    return IntStream.range(first, order.length).mapToObj(i -> new Mixed(order[i], cursors.get(order[i]).next()))
        .iterator();
  }

  /** The task of each batch. */
  private int[] order(int[] counts, long epoch) {
    int total = IntStream.of(counts).sum();
    var sorted = new int[total];
    int at = 0;
    for (int task = 0; task < counts.length; task++) {
      for (int i = 0; i < counts[task]; i++) {
        sorted[at++] = task;
      }
    }
    var permutation = new Permutation(total, seed, epoch);
    return IntStream.range(0, total).map(i -> sorted[permutation.at(i)]).toArray();
  }

  /** The batches of a task, round after round. */
  private static final class Cursor {
    private final Batches batches;
    private long round;
    private Iterator<PackedBatch> current;

    Cursor(Batches batches, long round, int skipped) {
      this.batches = batches;
      this.round = round;
      int left = skipped;
      for (int count = batches.count(this.round); left >= count; count = batches.count(this.round)) {
        left -= count;
        this.round++;
      }
      current = batches.epoch(this.round, left);
    }

    PackedBatch next() {
      while (!current.hasNext()) {
        current = batches.epoch(++round, 0);
      }
      return current.next();
    }
  }

  @Override
  public int examples(Mixed mixed) {
    return mixed.batch.sequences();
  }

  @Override
  public long tokens(Mixed mixed) {
    return mixed.batch.tokens();
  }
}
