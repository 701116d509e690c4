package crema.langid;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Sentences that were written for these tests: no model has seen them, unless it was trained on them here. */
final class Sentences {
  private Sentences() {}

  static List<LanguageTrainer.Sentence> all() {
    try (var in = Sentences.class.getResourceAsStream("sentences.tsv")) {
      if (in == null) {
        throw new IllegalStateException("no resource sentences.tsv");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
          .map(line -> line.split("\t"))
          .map(parts -> new LanguageTrainer.Sentence(parts[0], parts[1]))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<LanguageTrainer.Sentence> of(String... languages) {
    return all().stream().filter(sentence -> List.of(languages).contains(sentence.language())).toList();
  }
}
