package crema.corpus;

import crema.base.AtomicFile;
import crema.base.FileTree;
import crema.base.Fingerprint;
import crema.base.Journal;
import crema.base.OptionalLibrary;
import crema.base.UserError;
import crema.base.json.Json;
import crema.base.json.JsonNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds a corpus to train on from an archive of offers in the layout of the Large-Scale Product Corpus V2020. Rows of texts
 * that are equal up to white space become one; clusters are dealt to training, validation and test rows, so that no product
 * is in two.
 *
 * <p>Memory is bounded whatever the size of the archive: 14 bytes a cluster of the table, some tens of megabytes for rows.
 * Rows wait in a folder beside the files until all are read. After a kill at any moment the same call goes on where it was,
 * and the files are the same. They do not depend on the order of members or of lines.
 */
public final class CorpusBuilder {
  /** What waits for its end, in the folder of the corpus. */
  private static final String WORK = "unfinished";
  /** About how many bytes of rows a part of the spill shall have. */
  private static final long PART = 24L << 20;
  /** Archives inflate to about so many times of their size. */
  private static final int INFLATION = 4;
  private static final int LEAST_BITS = 4;
  private static final int MOST_BITS = 10;

  private final CorpusOptions options;
  private final Path output;
  private final boolean overwrites;
  private final BuildListener listener;

  private CorpusBuilder(CorpusOptions options, Path output, boolean overwrites, BuildListener listener) {
    this.options = options;
    this.output = output;
    this.overwrites = overwrites;
    this.listener = listener;
  }

  /**
   * Builds a corpus, or goes on with one that was interrupted.
   *
   * @param output a folder that is made; may hold a corpus that is not finished, or the same one
   * @param overwrites whether another corpus in the folder is replaced
   * @return empty if the folder holds this very corpus already
   * @throws UserError if the archive or its table is not what it must be, or the folder holds something else
   */
  public static Optional<CorpusSummary> build(CorpusOptions options, Path output, boolean overwrites,
      BuildListener listener) throws IOException {
    OptionalLibrary.ZSTD.require("writing " + CorpusSplit.file(CorpusSplit.TRAIN.key()));
    return new CorpusBuilder(options, output, overwrites, listener).build();
  }

  private Optional<CorpusSummary> build() throws IOException {
    try (DataArchive archive = DataArchive.open(options.zip())) {
      ClusterTable table = ClusterTable.find(archive, options.map());
      List<DataArchive.Member> members = archive.members(
          member -> member.isJson() && !member.equals(table.member()));
      if (members.isEmpty()) {
        throw new UserError(options.zip() + " has no member whose name ends in .json.gz; 'crema data discover "
            + options.zip() + "' tells what it has");
      }
      int bits = bits(members);
      String identity = identity(archive, table, bits);
      Path work = output.resolve(WORK);
      if (CorpusSummary.built(output).equals(Optional.of(identity))) {
        FileTree.delete(work);
        return Optional.empty();
      }
      ClusterClasses classes = table.read(options.classes());
      requireFree(work);
      boolean isNew = !Files.exists(output);
      Files.createDirectories(work);
      FileChannel lock = lock(work);
      CorpusSummary summary;
      try (lock) {
        summary = build(archive, members, classes, identity, bits, work);
      } catch (UserError e) {
        // What was read of an archive that is none is of no use.
        FileTree.delete(work);
        if (isNew) {
          Files.deleteIfExists(output);
        }
        throw e;
      }
      FileTree.delete(work);
      return Optional.of(summary);
    }
  }

  private static int bits(List<DataArchive.Member> members) {
    long bytes = INFLATION * members.stream().mapToLong(DataArchive.Member::size).sum();
    return Math.clamp(Long.SIZE - Long.numberOfLeadingZeros(bytes / PART), LEAST_BITS, MOST_BITS);
  }

  private String identity(DataArchive archive, ClusterTable table, int bits) throws IOException {
    var fingerprint = new Fingerprint("corpus 1").add(options.classes()).add(options.validation()).add(options.test())
        .add(options.seed()).add(options.fullSplit()).add(options.addsLanguage() ? 1 : 0)
        .add(options.skipsDamaged() ? 1 : 0).add(bits);
    archive.addTo(fingerprint);
    table.addTo(fingerprint);
    return fingerprint.hex();
  }

  /** Makes room for the corpus, or fails. */
  private void requireFree(Path work) throws IOException {
    Path summary = output.resolve(CorpusSummary.FILE);
    if (Files.isRegularFile(summary)) {
      if (!overwrites) {
        throw new UserError(output + " holds another corpus: choose another --output, or replace it with --overwrite");
      }
      JsonNode json = Json.parse(Files.readString(summary));
      Files.delete(summary);
      for (String name : json.path("files").propertyNames()) {
        if (name.endsWith(CorpusSplit.file("")) && !name.contains("/") && !name.contains("\\")) {
          Files.deleteIfExists(output.resolve(name));
        }
      }
    } else if (!Files.isDirectory(work) && !FileTree.isFree(output)) {
      throw new UserError(output + " exists already and is no corpus: choose another --output");
    }
  }

  private FileChannel lock(Path work) throws IOException {
    FileChannel channel = FileChannel.open(work.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new UserError(output + " is being written by another process: wait for it, or choose another --output");
    }
    return channel;
  }

  private CorpusSummary build(DataArchive archive, List<DataArchive.Member> members, ClusterClasses classes,
      String identity, int bits, Path work) throws IOException {
    var states = new ArrayList<ScanState>();
    try (Journal journal = Journal.open(work.resolve("journal"), identity, bytes -> states.add(ScanState.of(bytes)),
        listener::note)) {
      ScanState state = states.isEmpty() ? new ScanState() : states.getLast();
      if (!states.isEmpty()) {
        listener.note(String.format(Locale.ROOT, "Goes on after %,d lines that are read already", state.lines));
      }
      var rows = new int[classes.places()];
      try (Spill spill = Spill.open(work.resolve("rows"), bits, state.spilled, place -> rows[place]++)) {
        new CorpusScan(archive, members, options, classes, spill, journal, state, rows, listener).run();
        if (state.offers == 0) {
          throw new UserError(String.format(Locale.ROOT,
              "none of the %,d lines of %s is an offer of the classes %s", state.lines,
              options.zip(), String.join(", ", options.classes())));
        }
        byte[] deal = ClusterDeal.deal(classes, rows, options.validation(), options.test(), options.seed());
        var writer = new CorpusWriter(spill, classes, deal, options, listener);
        List<SplitFile> files = writer.write(work);
        CorpusSummary summary = summary(identity, members, classes, state, writer, files);
        for (SplitFile file : files) {
          publish(file, summary);
        }
        AtomicFile.writeText(output.resolve(CorpusSummary.FILE), summary.toJson().toPrettyString() + "\n");
        return summary;
      }
    }
  }

  /** Moves a file to its place, unless it has no row. */
  private void publish(SplitFile file, CorpusSummary summary) throws IOException {
    String name = String.valueOf(file.path().getFileName());
    if (!summary.files().containsKey(name)) {
      Files.deleteIfExists(file.path());
      return;
    }
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(file.path(), output.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private CorpusSummary summary(String identity, List<DataArchive.Member> members, ClusterClasses classes,
      ScanState state, CorpusWriter writer, List<SplitFile> files) throws IOException {
    var rejected = new LinkedHashMap<RowFaultKind, Long>();
    for (RowFaultKind fault : RowFaultKind.values()) {
      rejected.put(fault, state.faults[fault.ordinal()]);
    }
    var splits = new LinkedHashMap<String, Map<String, Long>>();
    var clusters = new LinkedHashMap<String, Long>();
    var languages = new LinkedHashMap<String, Map<String, Long>>();
    var lengths = new LinkedHashMap<String, Long>();
    long all = 0;
    for (CorpusSplit split : CorpusSplit.values()) {
      all += writer.clusters(split);
    }
    for (int i = 0; i < files.size(); i++) {
      SplitFile file = files.get(i);
      boolean isFull = i == CorpusSplit.values().length;
      String name = isFull ? String.valueOf(options.fullSplit()) : CorpusSplit.values()[i].key();
      Map<String, Long> rows = file.rows(classes.classes());
      splits.put(name, rows);
      clusters.put(name, isFull ? all : writer.clusters(CorpusSplit.values()[i]));
      if (options.addsLanguage()) {
        languages.put(name, file.languages());
      }
      if (rows.values().stream().anyMatch(count -> count > 0)) {
        lengths.put(String.valueOf(file.path().getFileName()), Files.size(file.path()));
      }
    }
    return new CorpusSummary(identity, classes.classes(), state.lines, state.bytes, state.others, rejected,
        state.offers,
        writer.duplicates(), writer.contradictions(), state.damaged.stream().map(i -> members.get(i).name()).toList(),
        classes.size() - (long) classes.contradicted(), classes.contradicted(), classes.others(), classes.badLines(),
        splits,
        clusters, languages, lengths);
  }
}
