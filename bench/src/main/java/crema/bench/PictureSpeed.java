package crema.bench;

import crema.data.image.Picture;
import crema.data.image.PictureLimits;
import crema.data.image.PictureNumbers;
import crema.data.image.PicturePreparation;
import crema.data.image.PictureReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import javax.imageio.ImageIO;

/**
 * What reading and preparing a picture costs on one thread, in processor time, so that a busy machine disturbs little: the
 * same work and the same lines as {@code bench/pictures.py}, which measures Pillow, and the platform's own decoding.
 * {@code bench/pictures.sh} runs both in turns.
 *
 * <p>Arguments: files of pictures.
 */
public final class PictureSpeed {
  private static final int ROUNDS = 9;
  private static final int WARM_UP = 5;
  private static final long ROUND_NANOS = 200_000_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private PictureSpeed() {}

  /** A piece of work. */
  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  /** Runs the benchmark. */
  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    var reader = new PictureReader(PictureLimits.DEFAULT);
    PicturePreparation preparation = PicturePreparation.CLIP;
    PictureNumbers numbers = preparation.numbers();
    var target = new float[preparation.bytes()];
    for (String name : args) {
      byte[] bytes = Files.readAllBytes(Path.of(name));
      Picture picture = reader.read(bytes).picture();
      double[] decoding = pair(() -> reader.read(bytes), () -> platform(bytes));
      double[] preparing = pair(() -> preparation.apply(picture),
          () -> numbers.of(preparation.apply(picture).rgb(), target, 0));
      System.out.printf("crema %s: decode %.3f ms, the platform alone %.3f ms; resize and crop %.3f ms, with numbers "
          + "%.3f ms%n", Path.of(name).getFileName(), decoding[0], decoding[1], preparing[0], preparing[1]);
    }
  }

  private static void platform(byte[] bytes) throws IOException {
    ImageIO.read(new ByteArrayInputStream(bytes));
  }

  /** Medians of two pieces of work that take turns, in milliseconds of processor time. */
  private static double[] pair(Work first, Work second) throws Exception {
    ImageIO.setUseCache(false);
    var times = new double[2][ROUNDS];
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      double one = time(first);
      double other = time(second);
      if (round >= 0) {
        times[0][round] = one;
        times[1][round] = other;
      }
    }
    Arrays.sort(times[0]);
    Arrays.sort(times[1]);
    return new double[] {times[0][ROUNDS / 2], times[1][ROUNDS / 2]};
  }

  private static double time(Work work) throws Exception {
    long begin = THREADS.getCurrentThreadCpuTime();
    int runs = 0;
    long used = 0;
    do {
      work.run();
      runs++;
      used = THREADS.getCurrentThreadCpuTime() - begin;
    } while (used < ROUND_NANOS);
    return used * 1e-6 / runs;
  }
}
