package crema.corpus;

import crema.base.json.Json;
import crema.base.json.JsonNode;
import crema.langid.Language;
import crema.langid.LanguageDetector;
import crema.langid.LanguageNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The languages of rows: what the offer says, or what is detected in its text, by codes of ISO 639-1 where there is one. */
final class RowLanguages implements AutoCloseable {
  private static final int PIECE = 256;
  /** By then a language is sure. */
  private static final int MOST_CHARACTERS = 500;

  private final LanguageDetector detector = LanguageDetector.shipped();
  private final LanguageNames names = new LanguageNames(detector.languages());
  private final ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

  /** The language of each row. */
  String[] of(CorpusRow[] rows) throws IOException {
    var languages = new String[rows.length];
    var pieces = new ArrayList<Callable<Void>>();
    for (int from = 0; from < rows.length; from += PIECE) {
      int first = from;
      pieces.add(() -> {
        for (int i = first; i < Math.min(first + PIECE, rows.length); i++) {
          languages[i] = language(rows[i]);
        }
        return null;
      });
    }
    try {
      for (Future<Void> piece : pool.invokeAll(pieces)) {
        piece.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return languages;
  }

  private String language(CorpusRow row) {
    JsonNode json = Json.parse(new String(row.line(), StandardCharsets.UTF_8) + "}");
    if (json.path("language").isString()) {
      return json.path("language").stringValue();
    }
    return of(json.path("title").asString() + " " + json.path("description").asString());
  }

  /** The language of a text; {@code und} if it is not sure. */
  String of(String text) {
    String begin = text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS);
    return detector.answer(begin).map(Language::code).map(names::shortCode).orElse(LanguageDetector.UNDETERMINED);
  }

  @Override
  public void close() {
    pool.close();
  }
}
