package crema.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.nn.InvalidWeightsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TfIdfTest {
  private static final List<String> TEXTS =
      List.of("red wine from Spain", "white wine", "red shoes", "white shoes 𝒜𝒷 ﬁx");

  @TempDir
  Path folder;

  @Test
  void aTextWithoutKnownWordsIsAnEmptyRow() {
    SparseMatrix rows = TfIdf.fit(TEXTS, TfIdfConfig.DEFAULTS).transform(List.of("", "green cheese", "wine"));
    assertThat(rows.rows()).isEqualTo(3);
    assertThat(rows.elements()).isEqualTo(1);
    assertThat(rows.start(2)).isZero();
    assertThat(rows.value(0)).isEqualTo(1f);
  }

  @Test
  void manyDistinctWordsInOneTextAreAllThere() {
    var text = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      text.append("word").append(i).append(' ');
    }
    SparseMatrix rows = TfIdf.fit(List.of(text.toString()), TfIdfConfig.DEFAULTS).transform(List.of(text.toString()));
    assertThat(rows.elements()).isEqualTo(5000);
    assertThat(rows.value(0)).isEqualTo((float) (1 / Math.sqrt(5000)));
  }

  @ParameterizedTest
  @CsvSource({"WORD, 2000", "CHAR, 1000", "CHAR_WB, 2147483647"})
  void anyNumberOfThreadsLearnsAndSeesTheSame(Analyzer analyzer, int terms) {
    List<String> texts = IntStream.range(0, 700)
        .mapToObj(i -> "item " + i % 90 + " of kind " + i % 7 + (i % 11 == 0 ? "" : " number" + i * i % 1009)).toList();
    TfIdfConfig config = TfIdfConfig.DEFAULTS.withAnalyzer(analyzer).withNgrams(1, 2).withMaxFeatures(terms)
        .withDocuments(new DocumentFrequency.Count(2), new DocumentFrequency.Share(0.9));
    TfIdf one = TfIdf.fit((Iterable<String>) texts, config);
    SparseMatrix seen = one.transform(texts);
    for (int threads : new int[] {1, 2, 3, 10, 1000}) {
      TfIdf several = TfIdf.fit(texts, config, threads);
      assertThat(several.documents()).isEqualTo(700);
      assertThat(several.vocabulary()).isEqualTo(one.vocabulary());
      for (int column = 0; column < one.vocabulary().size(); column++) {
        assertThat(several.documentFrequency(column)).isEqualTo(one.documentFrequency(column));
      }
      SparseMatrix again = several.transform(texts, threads);
      assertThat(again.rows()).isEqualTo(seen.rows());
      assertThat(again.columns()).isEqualTo(seen.columns());
      for (int row = 0; row < seen.rows(); row++) {
        assertThat(again.end(row)).isEqualTo(seen.end(row));
      }
      for (int at = 0; at < seen.elements(); at++) {
        assertThat(again.column(at)).isEqualTo(seen.column(at));
        assertThat(again.value(at)).isEqualTo(seen.value(at));
      }
    }
    assertThat(TfIdf.fit(List.of("one text"), config.withDocuments(new DocumentFrequency.Count(1),
        new DocumentFrequency.Share(1)), 8).documents()).isEqualTo(1);
  }

  @Test
  void amongEquallyFrequentTermsTheFirstAreKept() {
    TfIdf tfIdf = TfIdf.fit(List.of("pear apple fig", "fig"), TfIdfConfig.DEFAULTS.withMaxFeatures(2));
    assertThat(tfIdf.vocabulary()).containsExactly("apple", "fig");
  }

  @Test
  void supplementaryCharactersSortAfterAllOthers() {
    assertThat(TfIdf.fit(TEXTS, TfIdfConfig.DEFAULTS).vocabulary())
        .containsExactly("from", "red", "shoes", "spain", "white", "wine", "ﬁx", "𝒜𝒷");
  }

  @Test
  void textsWithoutWordsAndBoundsThatExcludeAllAreRefused() {
    assertThatThrownBy(() -> TfIdf.fit(List.of("a b", "!"), TfIdfConfig.DEFAULTS))
        .hasMessage("no words in 2 texts: a word is two or more letters, digits or underscores");
    TfIdfConfig characters = TfIdfConfig.DEFAULTS.withAnalyzer(Analyzer.CHAR_WB);
    assertThatThrownBy(() -> TfIdf.fit(List.of("", " "), characters))
        .hasMessage("no runs of characters in 2 texts");
    var count = new DocumentFrequency.Count(4);
    var share = new DocumentFrequency.Share(0.5);
    assertThatThrownBy(() -> TfIdf.fit(TEXTS, TfIdfConfig.DEFAULTS.withDocuments(count, share)))
        .hasMessage(
            "a term may be in at most 2 of " + TEXTS.size() + " texts but must be in at least 4; raise the first "
                + "(max-df) or lower the second (min-df)");
    TfIdfConfig four = TfIdfConfig.DEFAULTS.withDocuments(count, new DocumentFrequency.Share(1));
    assertThatThrownBy(() -> TfIdf.fit(TEXTS, four))
        .hasMessageStartingWith("no term is in 4.0 to 4.0 of 4 documents");
  }

  @Test
  void whatIsSavedLoadsAndMakesTheSameRows() throws IOException {
    Path file = folder.resolve("tfidf.json");
    for (DocumentFrequency most : List.of(new DocumentFrequency.Share(1), new DocumentFrequency.Count(3))) {
      Analyzer analyzer = most instanceof DocumentFrequency.Count ? Analyzer.CHAR_WB : Analyzer.WORD;
      TfIdfConfig config = new TfIdfConfig(analyzer, 1, 2, new DocumentFrequency.Count(1), most, 7, true, true, false);
      TfIdf tfIdf = TfIdf.fit(TEXTS, config);
      tfIdf.save(file);
      byte[] first = Files.readAllBytes(file);
      TfIdf loaded = TfIdf.load(file);
      assertThat(loaded.config()).isEqualTo(config);
      assertThat(loaded.transform(TEXTS)).isEqualTo(tfIdf.transform(TEXTS));
      loaded.save(file);
      assertThat(Files.readAllBytes(file)).isEqualTo(first);
    }
  }

  @Test
  void earlierProgramsReadAFileOfWordsAlone() throws IOException {
    Path file = folder.resolve("tfidf.json");
    TfIdf.fit(TEXTS, TfIdfConfig.DEFAULTS).save(file);
    assertThat(file).content().startsWith("{\"tfidf_version\":1,\"min_ngram\"");
    TfIdf.fit(TEXTS, TfIdfConfig.DEFAULTS.withAnalyzer(Analyzer.CHAR)).save(file);
    assertThat(file).content().startsWith("{\"tfidf_version\":2,\"analyzer\":\"char\",");
  }

  @Test
  void aFileCutAtAnyByteIsRefused() throws IOException {
    Path file = folder.resolve("tfidf.json");
    TfIdf.fit(TEXTS, TfIdfConfig.DEFAULTS).save(file);
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> TfIdf.load(file)).isInstanceOf(InvalidWeightsException.class)
          .hasMessageStartingWith(file + " is not a valid TF-IDF file: ");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "\"tfidf_version\":1          | \"tfidf_version\":3          | it has version 3, and this program knows versions",
      "\"min_ngram\":1              | \"analyzer\":7,\"min_ngram\":1 | analyzer holds VALUE_NUMBER_INT",
      "\"min_ngram\":1              | \"analyzer\":\"chars\",\"min_ngram\":1 | analyzer must be one of word, char",
      "\"tfidf_version\":1          | \"other\":1                  | it lacks the number tfidf_version",
      "\"min_ngram\":1              | \"min_ngram\":0              | n-grams of 0 to 1 words",
      "\"max_ngram\":1              | \"max_ngram\":2000000000     | n-grams of 1 to 2000000000 words",
      "\"max_ngram\":1              | \"max_ngram\":99999999999    | Numeric value (99999999999) out of range of",
      "\"min_ngram\":1              | \"min_ngram\":1.5            | min_ngram is 1.5, not a whole number",
      "\"max_df\":1.0               | \"max_df\":1e400             | a share of documents must be from 0 to 1",
      "\"documents\":4              | \"documents\":1              | a document frequency of 2 among 1 documents",
      "\"documents\":4              | \"documents\":[4]            | documents holds START_ARRAY",
      "\"from\",\"red\"             | \"red\",\"from\"             | the vocabulary is not sorted at term 1",
      "\"from\",\"red\"             | \"red\",\"red\"              | the vocabulary is not sorted at term 1",
      "\"from\",\"red\"             | \"from\"                     | it needs a vocabulary and as many",
      "\"from\",\"red\"             | \"from\",7                   | vocabulary holds VALUE_NUMBER_INT",
      "\"lowercase\":true           | \"lowercase\":1              | it lacks lowercase, which is true or false",
      "\"lowercase\":true           | \"documents\":4              | Duplicate Object property",
  })
  void aDamagedFileIsRefused(String part, String replacement, String message) throws IOException {
    Path file = folder.resolve("tfidf.json");
    TfIdf.fit(TEXTS, TfIdfConfig.DEFAULTS).save(file);
    String text = Files.readString(file);
    assertThat(text).contains(part);
    Files.writeString(file, text.replace(part, replacement), StandardCharsets.UTF_8);
    assertThatThrownBy(() -> TfIdf.load(file)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageStartingWith(file + " is not a valid TF-IDF file: " + message);
  }

  @Test
  void aConfigOutOfRangeIsRefused() {
    assertThatThrownBy(() -> TfIdfConfig.DEFAULTS.withNgrams(2, 1)).hasMessageStartingWith("n-grams of 2 to 1 words");
    assertThatThrownBy(() -> TfIdfConfig.DEFAULTS.withAnalyzer(Analyzer.CHAR).withNgrams(2, 1))
        .hasMessageStartingWith("n-grams of 2 to 1 characters");
    assertThatThrownBy(() -> TfIdfConfig.DEFAULTS.withMaxFeatures(0))
        .hasMessage("max features must be at least 1, not 0");
    assertThatThrownBy(() -> new DocumentFrequency.Count(0)).hasMessageContaining("at least 1 document, not 0");
    assertThatThrownBy(() -> new DocumentFrequency.Share(Double.NaN)).hasMessageContaining("from 0 to 1, not NaN");
  }

  @Test
  void occurrencesAreWhereTheTermsOfTheVectorAre() {
    List<String> texts = List.of("İSTANBUL  is\t\tbig, is it", " A\u00A0\u00A0bc  ABC ", "x");
    for (Analyzer analyzer : Analyzer.values()) {
      TfIdf terms =
          TfIdf.fit(texts, TfIdfConfig.DEFAULTS.withAnalyzer(analyzer).withNgrams(analyzer == Analyzer.WORD ? 1 : 2,
              3));
      SparseMatrix vectors = terms.transform(texts);
      for (int row = 0; row < texts.size(); row++) {
        String text = texts.get(row);
        List<TfIdf.Occurrence> occurrences = terms.occurrences(text);
        assertThat(occurrences.stream().map(TfIdf.Occurrence::column).distinct())
            .hasSize(vectors.end(row) - vectors.start(row));
        for (TfIdf.Occurrence occurrence : occurrences) {
          String place = text.substring(occurrence.from(), occurrence.to()).toLowerCase(Locale.ROOT);
          assertThat(letters(place)).contains(letters(terms.vocabulary().get(occurrence.column())));
          assertThat(place.length()).isLessThanOrEqualTo(terms.vocabulary().get(occurrence.column()).length() + 2);
        }
      }
    }
  }

  private static String letters(String text) {
    return text.replaceAll("[^\\p{L}\\p{M}]", "");
  }
}
