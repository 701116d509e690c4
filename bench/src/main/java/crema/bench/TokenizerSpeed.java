package crema.bench;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import crema.tokenizer.TokenBuffer;
import crema.tokenizer.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.zip.GZIPInputStream;

/**
 * Measures how fast texts become ids, beside Hugging Face's own library called from Java, both on one thread, in
 * time of a processor, which other work on the machine changes little.
 *
 * <p>Arguments: {@code TEXTS.gz TOKENIZER.json...}. Each line of the first file is a text; lines are also joined by 40
 * to long texts. Prints medians of seven passes, in microseconds a text.
 */
public final class TokenizerSpeed {
  private static final int PASSES = 7;
  private static final long WARM_UP_NANOS = 3_000_000_000L;
  private static final int LINES = 20_000;
  private static final int JOINED = 40;

  private TokenizerSpeed() {}

  /** Runs the comparison. */
  public static void main(String[] args) throws IOException {
    List<String> lines;
    try (var in = new BufferedReader(new InputStreamReader(
        new GZIPInputStream(Files.newInputStream(Path.of(args[0]))), StandardCharsets.UTF_8))) {
      lines = in.lines().limit(LINES).toList();
    }
    var joined = new ArrayList<String>();
    for (int i = 0; i + JOINED <= lines.size(); i += JOINED) {
      joined.add(String.join(" ", lines.subList(i, i + JOINED)));
    }
    System.out.printf("%-50s %8s %12s %12s %7s%n", "tokenizer", "texts", "crema us", "library us", "times");
    for (var file : Arrays.asList(args).subList(1, args.length)) {
      var tokenizer = Tokenizer.load(Path.of(file)).withTruncation(null);
      try (var library = HuggingFaceTokenizer.builder().optTokenizerPath(Path.of(file)).optTruncation(false)
          .optPadding(false).build()) {
        var buffer = new TokenBuffer();
        for (var texts : List.of(lines, joined)) {
          var ours = micros(texts, text -> {
            buffer.clear();
            tokenizer.encode(text, buffer);
            return buffer.size();
          });
          var theirs = micros(texts, text -> library.encode(text, true, false).getIds().length);
          System.out.printf("%-50s %8s %12.2f %12.2f %7.1f%n",
              file.substring(Math.max(0, file.length() - 50)), texts == lines ? "short" : "long", ours, theirs,
              theirs / ours);
        }
      }
    }
  }

  /** Returns the median time of a text over passes through all, after some seconds of them that do not count. */
  private static double micros(List<String> texts, ToLongFunction<String> encode) {
    var times = new double[PASSES];
    long tokens = 0;
    var threads = ManagementFactory.getThreadMXBean();
    long warmUp = threads.getCurrentThreadCpuTime() + WARM_UP_NANOS;
    for (int pass = 0; pass < PASSES;) {
      var start = threads.getCurrentThreadCpuTime();
      for (var text : texts) {
        tokens += encode.applyAsLong(text);
      }
      if (start > warmUp) {
        times[pass++] = (threads.getCurrentThreadCpuTime() - start) / 1e3 / texts.size();
      }
    }
    if (tokens == 0) {
      throw new IllegalStateException("no tokens");
    }
    Arrays.sort(times);
    return times[PASSES / 2];
  }
}
