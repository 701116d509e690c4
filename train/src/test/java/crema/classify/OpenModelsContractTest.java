package crema.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.embed.CachedEmbedder;
import crema.embed.EmbedOptions;
import crema.embed.Embedder;
import crema.embed.HnswIndex;
import crema.embed.NearestSearch;
import crema.embed.VectorSearch;
import crema.embed.VectorSearch.Similarity;
import crema.embed.Vectors;
import crema.fasttext.FastText;
import crema.langid.LanguageDetector;
import crema.pretrain.TextScorer;
import crema.tokenizer.Tokenizer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * What everything promises that holds a model and answers, besides {@linkplain ClassifierContractTest classifiers}: texts
 * or vectors of any kind, wrong arguments, interrupts, many callers, and closing. The catalog has a row for each, and a
 * public class that can be closed without a row is a failure.
 */
class OpenModelsContractTest {
  private static final int SIZE = 24;
  private static final Path MODEL = Path.of("src/test/resources/crema/pretrain/bert");
  private static final List<String> TEXTS =
      List.of("red apple", " \n\t", "", "\uD83D lone \uDE00\uD83D", "\u0000\uFFFF",
          "a\u0301".repeat(300), "samsung washing machine 7kg ".repeat(400_000));

  /** What answers to a text, or to a vector that a text stands for. */
  private interface Answerer {
    /** An answer, which equals that to the same question. */
    Object answer(@Nullable String text) throws IOException;

    /** Several answers, which are as many; empty where texts are asked for one by one. */
    default Optional<List<?>> answers(List<String> texts) throws IOException {
      return Optional.empty();
    }

    /** The best so many answers; empty where there is nothing to choose from. */
    default Optional<List<?>> best(String text, int k) throws IOException {
      return Optional.empty();
    }

    /** Closes it, if it holds what must be released. */
    default void close() {}
  }

  /**
   * One that answers.
   *
   * @param type what it is
   * @param isShared whether many threads may use it at once
   * @param isClosed whether it must be closed
   */
  private record Kind(Class<?> type, boolean isShared, boolean isClosed, Callable<Answerer> opener) {
    @Override
    public String toString() {
      return type.getSimpleName();
    }
  }

  @SuppressWarnings("unused") // named by the tests
  private static final List<Kind> KINDS = List.of(
      new Kind(Embedder.class, true, true, () -> ofEmbedder(Embedder.load(MODEL, EmbedOptions.DEFAULT,
          ComputeOptions.threads(2)))),
      new Kind(CachedEmbedder.class, false, true, () -> ofCached(new CachedEmbedder(MODEL, EmbedOptions.DEFAULT,
          ComputeOptions.threads(2), Optional.empty()))),
      new Kind(TextScorer.class, true, true, () -> ofScorer(TextScorer.load(MODEL, OptionalInt.empty(),
          ComputeOptions.threads(2)))),
      new Kind(VectorSearch.class, true, true, () -> ofSearch(new VectorSearch(vectors(), Similarity.COSINE,
          ComputeOptions.threads(2)))),
      new Kind(HnswIndex.class, true, true,
          () -> ofSearch(HnswIndex.build(vectors(), HnswIndex.Effort.DEFAULT, 1, 2))),
      new Kind(NearestSearch.class, true, true, () -> ofSearch(
          HnswIndex.build(vectors(), HnswIndex.Effort.DEFAULT, 1, 2).and(new VectorSearch(vectors(), Similarity.DOT,
              ComputeOptions.threads(2))))),
      new Kind(LanguageDetector.class, true, false, () -> ofDetector(LanguageDetector.shipped())),
      new Kind(FastText.class, true, false, () -> ofFastText(fastText())),
      new Kind(Tokenizer.class, true, false, () -> ofTokenizer(Tokenizer.load(MODEL.resolve("tokenizer.json")))));

  /** Public classes that are closed and answer nothing by themselves, with the reason. */
  private static final Set<String> OTHERS = Set.of(
      // What a model is read from, until it is open.
      "crema.classify.ModelArchive", "crema.pretrained.PretrainedModel", "crema.pretrained.PretrainedVision",
      // Runs, what they compute features with, and the parts that learn in them.
      "crema.family.encoder.EncoderRun", "crema.family.encoder.MultiTaskRun", "crema.family.linear.FeatureFit",
      "crema.family.linear.FeatureSpaces", "crema.run.Panel", "crema.embed.CachedVectors",
      "crema.run.RunPictures", "crema.run.Thumbnails", "crema.classify.LearningPart");

  private static Vectors vectors() {
    var random = new Random(1);
    var values = new float[40 * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Vectors(SIZE, values);
  }

  /** The vector that stands for a text. */
  private static float[] vector(@Nullable String text) {
    var vector = new float[SIZE];
    for (int i = 0; i < Objects.requireNonNull(text, "a text is null").length(); i++) {
      vector[text.charAt(i) % SIZE]++;
    }
    return vector;
  }

  private static FastText fastText() throws IOException {
    try (ModelArchive archive = ModelArchive.read("the archive",
        Objects.requireNonNull(OpenModelsContractTest.class.getResourceAsStream("/models/colours-fasttext.zip")))) {
      return FastText.load(archive.root().bytes("model.bin"));
    }
  }

  private static List<?> lists(Vectors vectors) {
    return IntStream.range(0, vectors.count()).mapToObj(vectors::row).map(List::of).toList();
  }

  private static Answerer ofEmbedder(Embedder embedder) {
    return new Answerer() {
      @Override
      public Object answer(@Nullable String text) {
        return new Vectors(embedder.size(), embedder.embed(text));
      }

      @Override
      public Optional<List<?>> answers(List<String> texts) {
        return Optional.of(List.of(embedder.embed(texts)));
      }

      @Override
      public void close() {
        embedder.close();
      }
    };
  }

  private static Answerer ofCached(CachedEmbedder embedder) {
    return new Answerer() {
      @Override
      public Object answer(@Nullable String text) throws IOException {
        return embedder.embed(Collections.singletonList(text), (_, _) -> {});
      }

      @Override
      public Optional<List<?>> answers(List<String> texts) throws IOException {
        return Optional.of(lists(embedder.embed(texts, (_, _) -> {})));
      }

      @Override
      public void close() {
        embedder.close();
      }
    };
  }

  private static Answerer ofScorer(TextScorer scorer) {
    return new Answerer() {
      @Override
      public Object answer(@Nullable String text) {
        return scorer.score(text);
      }

      @Override
      public Optional<List<?>> answers(List<String> texts) {
        return Optional.of(scorer.score(texts, _ -> {}));
      }

      @Override
      public void close() {
        scorer.close();
      }
    };
  }

  private static Answerer ofSearch(NearestSearch search) {
    return new Answerer() {
      @Override
      public Object answer(@Nullable String text) {
        return search.nearest(vector(text), 3);
      }

      @Override
      public Optional<List<?>> answers(List<String> texts) {
        return Optional.of(search.nearest(Vectors.of(SIZE, texts.stream().map(OpenModelsContractTest::vector).toList()),
            3));
      }

      @Override
      public Optional<List<?>> best(String text, int k) {
        return Optional.of(search.nearest(vector(text), k));
      }

      @Override
      public void close() {
        search.close();
      }
    };
  }

  private static Answerer ofDetector(LanguageDetector detector) {
    return new Answerer() {
      @Override
      public Object answer(@Nullable String text) {
        return detector.detect(text, 1);
      }

      @Override
      public Optional<List<?>> best(String text, int k) {
        return Optional.of(detector.detect(text, k));
      }
    };
  }

  private static Answerer ofFastText(FastText model) {
    return new Answerer() {
      @Override
      public Object answer(@Nullable String text) {
        return model.predict(text, 1, 0);
      }

      @Override
      public Optional<List<?>> best(String text, int k) {
        return Optional.of(model.predict(text, k, 0));
      }
    };
  }

  private static Answerer ofTokenizer(Tokenizer tokenizer) {
    return new Answerer() {
      @Override
      public Object answer(@Nullable String text) {
        return Arrays.stream(tokenizer.encode(text)).boxed().toList();
      }
    };
  }

  @ParameterizedTest
  @FieldSource("KINDS")
  void anyTextHasAnAnswerAlsoOnAnInterruptedThread(Kind kind) throws Exception {
    Answerer open = kind.opener.call();
    for (String text : TEXTS) {
      assertThat(open.answer(text)).isEqualTo(open.answer(text));
    }
    if (open.answers(TEXTS).isPresent()) {
      assertThat(open.answers(TEXTS).orElseThrow()).hasSameSizeAs(TEXTS);
      assertThat(open.answers(List.of()).orElseThrow()).isEmpty();
    }
    Object expected = open.answer("red apple");
    Thread.currentThread().interrupt();
    try {
      assertThat(open.answer("red apple")).isEqualTo(expected);
    } finally {
      assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    }
    open.close();
  }

  @ParameterizedTest
  @FieldSource("KINDS")
  void whatIsNullOrOutOfRangeIsRefusedAndWhatIsLeftAnswersOn(Kind kind) throws Exception {
    Answerer open = kind.opener.call();
    assertThatThrownBy(() -> open.answer(null)).isInstanceOf(NullPointerException.class);
    var withNull = new ArrayList<>(List.of("apple"));
    withNull.add(null);
    if (open.answers(List.of("apple")).isPresent()) {
      assertThatThrownBy(() -> open.answers(withNull)).isInstanceOf(NullPointerException.class);
    }
    if (open.best("apple", 1).isPresent()) {
      for (int k : new int[] {0, Integer.MIN_VALUE}) {
        assertThatThrownBy(() -> open.best("apple", k)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageMatching("k (is|must be at least 1, not) .*");
      }
      List<?> all = open.best("apple", Integer.MAX_VALUE).orElseThrow();
      assertThat(all).hasSizeGreaterThan(1);
      assertThat(all.getFirst()).isEqualTo(open.best("apple", 1).orElseThrow().getFirst());
    }
    assertThat(open.answer("red apple")).isEqualTo(open.answer("red apple"));
    open.close();
  }

  @ParameterizedTest
  @FieldSource("KINDS")
  void manyThreadsGetTheAnswersOfOne(Kind kind) throws Exception {
    if (!kind.isShared) {
      return;
    }
    Answerer open = kind.opener.call();
    var expected = new ArrayList<Object>();
    for (int caller = 0; caller < 200; caller++) {
      expected.add(open.answer("washing machine " + caller % 17));
    }
    var answers = new ArrayList<Future<Object>>();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < 200; caller++) {
        String text = "washing machine " + caller % 17;
        answers.add(callers.submit(() -> open.answer(text)));
      }
    }
    for (int caller = 0; caller < 200; caller++) {
      assertThat(answers.get(caller).get()).isEqualTo(expected.get(caller));
    }
    open.close();
  }

  @ParameterizedTest
  @FieldSource("KINDS")
  void whatIsClosedSaysSo(Kind kind) throws Exception {
    if (!kind.isClosed) {
      assertThat(AutoCloseable.class.isAssignableFrom(kind.type)).isFalse();
      return;
    }
    Answerer open = kind.opener.call();
    open.answer("apple");
    open.close();
    open.close();
    List<ThrowingCallable> calls = List.of(() -> open.answer("apple"), () -> open.answers(List.of("apple", "")));
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageMatching("the \\w+ is closed");
    }
    assertThatCode(kind.opener.call()::close).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @FieldSource("KINDS")
  void closingWaitsForRunningCalls(Kind kind) throws Exception {
    if (!kind.isClosed || !kind.isShared) {
      return;
    }
    Answerer open = kind.opener.call();
    Object expected = open.answer("washing machine");
    var answers = new ArrayList<Future<Object>>();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < 200; caller++) {
        answers.add(callers.submit(() -> open.answer("washing machine")));
        if (caller == 100) {
          callers.submit(open::close);
        }
      }
    }
    for (Future<Object> answer : answers) {
      if (answer.state() == Future.State.FAILED) {
        assertThat(answer.exceptionNow()).isInstanceOf(IllegalStateException.class).hasMessageContaining("is closed");
      } else {
        assertThat(answer.get()).isEqualTo(expected);
      }
    }
  }

  /** The public classes below the packages of models, in the class path of the test. */
  private static Set<String> closeable() throws ClassNotFoundException {
    var found = new HashSet<String>();
    for (Class<?> type : List.of(Classifier.class, FastText.class, Tokenizer.class)) {
      Path root = Path.of(URI.create(
          type.getProtectionDomain().getCodeSource().getLocation().toString().replace(" ", "%20")));
      if (!Files.isDirectory(root)) {
        continue;
      }
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
          String name = root.relativize(file).toString().replace(File.separatorChar, '.')
              .replaceFirst("\\.class$", "");
          if (name.matches("crema\\.(classify|embed|family|pretrain|pretrained|run|audit|tune|report|fasttext|linear"
              + "|langid|tokenizer)\\..*") && !name.contains("$") && !name.endsWith("Test")) {
            Class<?> each = Class.forName(name, false, type.getClassLoader());
            if (Modifier.isPublic(each.getModifiers()) && AutoCloseable.class.isAssignableFrom(each)
                && !Classifier.class.isAssignableFrom(each)) {
              found.add(name);
            }
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found;
  }

  @Test
  void everyPublicClassThatIsClosedHasARow() throws ClassNotFoundException {
    Set<String> known = new HashSet<>(OTHERS);
    KINDS.forEach(kind -> known.add(kind.type.getName()));
    assertThat(closeable()).contains(Embedder.class.getName()).allMatch(known::contains);
  }
}
