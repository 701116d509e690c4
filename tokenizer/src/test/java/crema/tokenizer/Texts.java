package crema.tokenizer;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/** Texts for tests: made up to be difficult, or lines of the data that the project is measured with. */
final class Texts {
  private static final List<String> DIFFICULT = List.of(" ", "  ", "\t", "\n", "\r\n", "a", "B", "é", "e\u0301", "İ",
      "ß", "Σ", "ς", "\ud55c\uad6d", "\u1112\u1161\u11ab", "\ud83d\udc69\u200d\ud83d\ude80", "\u200d", "\u0000",
      "\ufffd", "\u00ad", "\u200b", "\u4e2d", "\u6587", "\u3000", "\u20ac", "$", "\u00b0", "\ufb01", "\u2460", "\u00bd",
      "\u0663", "\uff71\uff9e", "\u0378", "\u0e33", "\u0e01\u0e47", "\u0915\u094d\u0937\u093f", "\u0344",
      "\u1e9b\u0323", "a\u0323\u0302", "[MASK]", "<s>", "</s>", "'s", "'ll", "ll", "-", "_", ".", ",", "\u2581",
      "\ue000", "\u2028", "\u0085", "\u00a0", "<0x41>", "\ud840\udc00", "\u01c5", "\u0149", "the", "ing", "2024", "no",
      "\u30cf\u309a", "\u30fc", "\u3042", "\u043f\u0440\u0438", "\u05d0", "\u0627\u0644");

  private Texts() {}

  /** Returns texts of combining marks, Hangul, joiners, unassigned characters, controls, long words and all else. */
  static List<String> difficult(Random random, int count) {
    var texts = new ArrayList<String>(count);
    while (texts.size() < count) {
      var text = new StringBuilder();
      for (var parts = 1 + random.nextInt(25); parts > 0; parts--) {
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3, 4 -> text.append(DIFFICULT.get(random.nextInt(DIFFICULT.size())));
          case 5, 6 -> text.append((char) ('a' + random.nextInt(26)));
          case 7 -> text.append((char) random.nextInt(0x700));
          case 8 -> text.append((char) random.nextInt(0x3100));
          default -> {
            var c = random.nextInt(0x110000);
            text.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 'x' : c);
          }
        }
      }
      if (random.nextInt(40) == 0) {
        text.append("x".repeat(80 + random.nextInt(60)));
      }
      texts.add(text.toString());
    }
    return texts;
  }

  /** Returns up to {@code count} lines of the data at hand, evenly from its files; skips the test if there is none. */
  static List<String> lines(int count) throws IOException {
    var data = Path.of(System.getProperty("crema.data", "../../shared/data"));
    var files = List.of("langid/train.tsv.gz", "pricerunner/pricerunner.csv.gz", "mwpd2020/train.tsv.gz",
        "okpd2/okpd2.tsv.gz", "reuters/train.tsv.gz");
    var lines = new ArrayList<String>();
    for (var name : files) {
      if (Files.exists(data.resolve(name))) {
        try (var in = new BufferedReader(new InputStreamReader(
            new GZIPInputStream(Files.newInputStream(data.resolve(name))), StandardCharsets.UTF_8))) {
          in.lines().forEach(lines::add);
        }
      }
    }
    assumeThat(lines).as("lines of the data in %s", data.toAbsolutePath()).isNotEmpty();
    var chosen = new ArrayList<String>();
    for (int i = 0; i < Math.min(count, lines.size()); i++) {
      chosen.add(lines.get((int) ((long) i * lines.size() / Math.min(count, lines.size()))));
    }
    return chosen;
  }
}
