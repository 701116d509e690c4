package crema.corpus;

import crema.base.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of a {@link Spill} to the files of their splits, in the order of the hashes of their texts: that is random,
 * and the same whatever the order in which they were read. One thread reads and drops duplicates, and writes the split of all
 * rows; one writes the others.
 */
final class CorpusWriter {
  private static final byte[] END = "}\n".getBytes(StandardCharsets.US_ASCII);

  private final Spill spill;
  private final ClusterClasses classes;
  private final byte[] deal;
  private final CorpusOptions options;
  private final BuildListener listener;
  private final BitSet clusters = new BitSet();
  private long duplicates;
  private long contradictions;
  private int part;
  private long first;

  /**
   * Rows to be written.
   *
   * @param languages of each row, or null if rows have none
   */
  private record Batch(CorpusRow[] rows, String @Nullable [] languages) {}

  /**
   * A writer.
   *
   * @param deal the split of the cluster at each place
   */
  CorpusWriter(Spill spill, ClusterClasses classes, byte[] deal, CorpusOptions options, BuildListener listener) {
    this.spill = spill;
    this.classes = classes;
    this.deal = deal;
    this.options = options;
    this.listener = listener;
  }

  /** Writes the files of all splits, and of all rows if there is to be one, into a folder. */
  List<SplitFile> write(Path folder) throws IOException {
    var files = new ArrayList<SplitFile>();
    try (ExecutorService reader = Executors.newSingleThreadExecutor();
        @Nullable RowLanguages languages = options.addsLanguage() ? new RowLanguages() : null) {
      for (CorpusSplit split : CorpusSplit.values()) {
        files.add(new SplitFile(folder.resolve(CorpusSplit.file(split.key())), classes.classes().size()));
      }
      @Nullable SplitFile full = options.fullSplit() == null ? null
          : new SplitFile(folder.resolve(CorpusSplit.file(options.fullSplit())), classes.classes().size());
      if (full != null) {
        files.add(full);
      }
      @Nullable Future<Batch> read = reader.submit(() -> next(full, languages));
      while (read != null) {
        Batch batch = get(read);
        int done = part;
        read = done < spill.parts() ? reader.submit(() -> next(full, languages)) : null;
        add(batch, files);
        listener.written(done, spill.parts());
      }
      for (SplitFile file : files) {
        file.finish();
      }
      return files;
    } catch (IOException | RuntimeException | Error e) {
      for (SplitFile file : files) {
        file.close();
        Files.deleteIfExists(file.path());
      }
      throw e;
    }
  }

  private static Batch get(Future<Batch> read) throws IOException {
    try {
      return read.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private Batch next(@Nullable SplitFile full, @Nullable RowLanguages languages) throws IOException {
    DistinctRows.Sorted sorted = DistinctRows.read(spill, part, first, classes, options.rowMemory());
    first = sorted.last() + 1;
    part += first == 0 ? 1 : 0;
    var batch = new Batch(sorted.rows(), languages == null ? null : languages.of(sorted.rows()));
    if (full != null) {
      for (int i = 0; i < batch.rows.length; i++) {
        add(batch, i, full);
      }
    }
    return batch;
  }

  private void add(Batch batch, List<SplitFile> files) throws IOException {
    for (int i = 0; i < batch.rows.length; i++) {
      CorpusRow row = batch.rows[i];
      add(batch, i, files.get(deal[row.place()]));
      clusters.set(row.place());
      duplicates += row.copies();
      contradictions += row.isContradicted() ? 1 : 0;
    }
  }

  private void add(Batch batch, int i, SplitFile file) throws IOException {
    CorpusRow row = batch.rows[i];
    String language = batch.languages == null ? null : batch.languages[i];
    file.add(row.line(), end(row, language), classes.label(row.place()), language);
  }

  /** The end of a line: a language that the line does not have yet stands in it. */
  private static byte[] end(CorpusRow row, @Nullable String language) {
    boolean hasOne = row.line()[row.line().length - 1] == '"';
    return language == null || hasOne ? END
        : (",\"language\":" + Json.quote(language) + "}\n").getBytes(StandardCharsets.UTF_8);
  }

  /** How many rows had the text of another. */
  long duplicates() {
    return duplicates;
  }

  /** How many texts stand in several classes. */
  long contradictions() {
    return contradictions;
  }

  /** How many clusters have rows in a split. */
  long clusters(CorpusSplit split) {
    return clusters.stream().filter(place -> deal[place] == split.ordinal()).count();
  }
}
