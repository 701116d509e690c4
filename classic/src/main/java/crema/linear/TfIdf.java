package crema.linear;

import crema.base.ByteSource;
import crema.base.IntList;
import crema.base.LowerCase;
import crema.base.WorkerPool;
import crema.nn.InvalidWeightsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Vectors of term frequency times inverse document frequency, as scikit-learn's {@code TfidfVectorizer} computes them.
 *
 * <p>With n documents, of which df have a term, the term's weight in a document that has it tf times is tf · idf, where
 * idf = ln((1 + n) / (1 + df)) + 1 if smoothed and ln(n / df) + 1 if not; then each document's vector is scaled to
 * length 1. A text without a known term is a row of zeros. Weights are computed in double precision and rounded to
 * float once. Immutable and safe to use from many threads.
 */
public final class TfIdf {
  /** Python's order of strings: by code point. */
  static final Comparator<String> CODE_POINT_ORDER = TfIdf::compareCodePoints;

  /** A thread has at least so many texts to work on. */
  private static final int FEWEST_TEXTS = 64;

  private final TfIdfConfig config;
  private final int documents;
  private final List<String> vocabulary;
  private final int[] documentFrequencies;
  private final Map<String, Integer> columns;
  private final double[] idf;

  /**
   * @param vocabulary sorted by code point, without duplicates
   * @param documentFrequencies of each term, from 1 to {@code documents}
   */
  TfIdf(TfIdfConfig config, int documents, List<String> vocabulary, int[] documentFrequencies) {
    this.config = config;
    this.documents = documents;
    this.vocabulary = Collections.unmodifiableList(vocabulary);
    this.documentFrequencies = documentFrequencies;
    columns = HashMap.newHashMap(vocabulary.size());
    idf = new double[vocabulary.size()];
    int smoothing = config.smoothIdf() ? 1 : 0;
    for (int column = 0; column < idf.length; column++) {
      columns.put(vocabulary.get(column), column);
      double ratio = (documents + (double) smoothing) / (documentFrequencies[column] + smoothing);
      idf[column] = StrictMath.log(ratio) + 1;
    }
  }

  /**
   * Learns the vocabulary and the document frequencies of a corpus. Where {@code maxFeatures} cuts between terms of the
   * same frequency, the first in order are kept (scikit-learn leaves that to its sort).
   *
   * @param texts one document each
   * @throws IllegalArgumentException when no term is left: no words at all, or bounds that exclude everything
   */
  public static TfIdf fit(Iterable<String> texts, TfIdfConfig config) {
    var counts = new TermCounts(config);
    texts.forEach(counts::add);
    return fit(counts, config);
  }

  /**
   * The same, by several threads; what is learned does not depend on their number.
   *
   * @param threads at least 1
   */
  public static TfIdf fit(List<String> texts, TfIdfConfig config, int threads) {
    List<List<String>> parts = parts(texts, threads);
    var counts = new TermCounts[parts.size()];
    inParallel(parts.size(), part -> {
      counts[part] = new TermCounts(config);
      parts.get(part).forEach(counts[part]::add);
    });
    for (int part = 1; part < counts.length; part++) {
      counts[0].addAll(counts[part]);
    }
    return fit(counts[0], config);
  }

  /** Texts in as many parts as there are threads to work on them, or fewer; at least one, in their order. */
  private static List<List<String>> parts(List<String> texts, int threads) {
    int count = Math.clamp(texts.size() / FEWEST_TEXTS, 1, threads);
    return IntStream.range(0, count).mapToObj(part -> texts.subList((int) ((long) part * texts.size() / count),
        (int) ((part + 1L) * texts.size() / count))).toList();
  }

  private static void inParallel(int parts, IntConsumer work) {
    if (parts == 1) {
      work.accept(0);
      return;
    }
    try (var pool = new WorkerPool(parts)) {
      pool.run(parts, (part, _) -> work.accept(part));
    }
  }

  private static TfIdf fit(TermCounts all, TfIdfConfig config) {
    Map<String, TermCount> counts = all.counts;
    int documents = all.documents;
    if (counts.isEmpty()) {
      throw new IllegalArgumentException(config.analyzer() == Analyzer.WORD
          ? "no words in " + documents + " texts: a word is two or more letters, digits or underscores"
          : "no runs of characters in " + documents + " texts");
    }
    List<TermCount> kept = keep(counts.values(), documents, config);
    kept.sort(Comparator.comparing(count -> count.term, CODE_POINT_ORDER));
    var vocabulary = new ArrayList<String>(kept.size());
    for (TermCount count : kept) {
      vocabulary.add(count.term);
    }
    return new TfIdf(config, documents, vocabulary, kept.stream().mapToInt(count -> count.documents).toArray());
  }

  private static String shown(double documents) {
    return documents == Math.rint(documents) ? Long.toString((long) documents) : Double.toString(documents);
  }

  private static List<TermCount> keep(Iterable<TermCount> counts, int documents, TfIdfConfig config) {
    double fewest = config.minDocuments().of(documents);
    double most = config.maxDocuments().of(documents);
    if (most < fewest) {
      throw new IllegalArgumentException("a term may be in at most " + shown(most) + " of " + documents
          + " texts but must be in at least " + shown(fewest)
          + "; raise the first (max-df) or lower the second (min-df)");
    }
    var kept = new ArrayList<TermCount>();
    for (TermCount count : counts) {
      if (count.documents >= fewest && count.documents <= most) {
        kept.add(count);
      }
    }
    if (kept.isEmpty()) {
      throw new IllegalArgumentException("no term is in " + fewest + " to " + most + " of " + documents
          + " documents; lower the first bound or raise the second");
    }
    if (kept.size() > config.maxFeatures()) {
      kept.sort(Comparator.comparingLong((TermCount count) -> -count.occurrences)
          .thenComparing(count -> count.term, CODE_POINT_ORDER));
      return kept.subList(0, config.maxFeatures());
    }
    return kept;
  }

  /**
   * What {@link #save} wrote.
   *
   * @throws IOException when the file cannot be read
   * @throws InvalidWeightsException when it is malformed; the message names the file and what is wrong
   */
  public static TfIdf load(Path file) throws IOException {
    return load(ByteSource.of(file));
  }

  /**
   * What {@link #save} wrote.
   *
   * @throws IOException when the file cannot be read
   * @throws InvalidWeightsException when it is malformed; the message names the file and what is wrong
   */
  public static TfIdf load(ByteSource file) throws IOException {
    return TfIdfFile.read(file);
  }

  /** Writes a JSON file, atomically. The same vectorizer gives the same bytes. */
  public void save(Path file) throws IOException {
    TfIdfFile.write(file, this);
  }

  /** How this was made. */
  public TfIdfConfig config() {
    return config;
  }

  /** How many documents it learned from. */
  public int documents() {
    return documents;
  }

  /** The terms in the order of the columns: sorted by code point. */
  public List<String> vocabulary() {
    return vocabulary;
  }

  /** In how many documents the term of a column was. */
  public int documentFrequency(int column) {
    return documentFrequencies[column];
  }

  /** The inverse document frequency of the term of a column. */
  public double idf(int column) {
    return idf[column];
  }

  /** The vectors of texts, one a row: {@code [texts, vocabulary]}. */
  public SparseMatrix transform(List<String> texts) {
    return transform(texts, 1);
  }

  /**
   * The same, by several threads; the vectors do not depend on their number.
   *
   * @param threads at least 1
   */
  public SparseMatrix transform(List<String> texts, int threads) {
    List<List<String>> parts = parts(texts, threads);
    List<RowBuffer> buffers = parts.stream().map(part -> new RowBuffer(part.size())).toList();
    inParallel(parts.size(), part -> {
      TermExtractor extractor = config.analyzer().extractor(config);
      parts.get(part).forEach(text -> appendRow(extractor, text, buffers.get(part)));
    });
    return RowBuffer.toMatrix(buffers, vocabulary.size());
  }

  /**
   * An occurrence of a term that the vocabulary has.
   *
   * @param column of the term
   * @param from where it begins in the text
   * @param to where it ends, exclusive
   */
  public record Occurrence(int column, int from, int to) {}

  /** Where the terms are of which the vector of a text is made. */
  public List<Occurrence> occurrences(String text) {
    var occurrences = new ArrayList<Occurrence>();
    int[] origins = config.lowercase() ? LowerCase.origins(text) : null;
    config.analyzer().extractor(config).forEachTerm(text, (term, from, to) -> {
      Integer column = columns.get(term);
      if (column != null) {
        int length = origins == null ? text.length() : origins.length - 1;
        int begin = Math.clamp(from, 0, length);
        int end = Math.clamp(to, 0, length);
        occurrences.add(origins == null ? new Occurrence(column, begin, end)
            : new Occurrence(column, origins[begin], LowerCase.end(origins, end)));
      }
    });
    return occurrences;
  }

  private void appendRow(TermExtractor extractor, String text, RowBuffer rows) {
    var occurrences = new IntList();
    extractor.forEachTerm(text, (term, _, _) -> {
      Integer column = columns.get(term);
      if (column != null) {
        occurrences.add(column);
      }
    });
    int[] found = occurrences.toArray();
    Arrays.sort(found);
    var indices = new int[found.length];
    var weights = new double[found.length];
    int distinct = 0;
    double squares = 0;
    for (int at = 0; at < found.length;) {
      int next = at + 1;
      while (next < found.length && found[next] == found[at]) {
        next++;
      }
      int count = next - at;
      double weight = (config.sublinearTf() ? 1 + StrictMath.log(count) : count) * idf[found[at]];
      indices[distinct] = found[at];
      weights[distinct++] = weight;
      squares += weight * weight;
      at = next;
    }
    double norm = Math.sqrt(squares);
    for (int i = 0; i < distinct; i++) {
      rows.append(indices[i], (float) (weights[i] / norm));
    }
    rows.endRow();
  }

  private static int compareCodePoints(String left, String right) {
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        boolean surrogates = Character.isSurrogate(a) == Character.isSurrogate(b);
        return surrogates ? Character.compare(a, b) : Character.isSurrogate(a) ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  /** How often each term was seen in some texts. */
  private static final class TermCounts {
    private final TermExtractor extractor;
    private final Map<String, TermCount> counts = new HashMap<>();
    private int documents;

    TermCounts(TfIdfConfig config) {
      extractor = config.analyzer().extractor(config);
    }

    void add(String text) {
      int document = ++documents;
      extractor.forEachTerm(text, (term, _, _) -> counts.computeIfAbsent(term, TermCount::new).occursIn(document));
    }

    /** Adds what was counted of other texts, which is then of no more use. */
    void addAll(TermCounts others) {
      documents += others.documents;
      for (Iterator<TermCount> each = others.counts.values().iterator(); each.hasNext();) {
        TermCount count = each.next();
        counts.merge(count.term, count, TermCount::with);
        each.remove();
      }
    }
  }

  /** How often a term was seen. */
  private static final class TermCount {
    private final String term;
    private int lastDocument;
    private int documents;
    private long occurrences;

    TermCount(String term) {
      this.term = term;
    }

    void occursIn(int document) {
      occurrences++;
      if (document != lastDocument) {
        lastDocument = document;
        documents++;
      }
    }

    /** With what was counted in other documents. */
    TermCount with(TermCount other) {
      documents += other.documents;
      occurrences += other.occurrences;
      return this;
    }
  }
}
