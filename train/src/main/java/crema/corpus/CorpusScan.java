package crema.corpus;

import crema.base.Journal;
import crema.base.UserError;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipException;

/**
 * Reads the offers of an archive into a {@link Spill}: one thread inflates, one makes rows. From time to time it is kept how
 * far it has come, so that the work goes on there after a kill.
 */
final class CorpusScan {
  private final DataArchive archive;
  private final List<DataArchive.Member> members;
  private final CorpusOptions options;
  private final OfferEncoder encoder;
  private final Spill spill;
  private final Journal journal;
  private final ScanState state;
  private final int[] rows;
  private final BuildListener listener;
  /** Bytes since it was last kept how far the work has come. */
  private long unsaved;

  /**
   * A scan.
   *
   * @param state where it goes on
   * @param rows how many rows the cluster at each place has; counted on
   */
  CorpusScan(DataArchive archive, List<DataArchive.Member> members, CorpusOptions options, ClusterClasses classes,
      Spill spill, Journal journal, ScanState state, int[] rows, BuildListener listener) {
    this.archive = archive;
    this.members = members;
    this.options = options;
    encoder = new OfferEncoder(classes, options.addsLanguage());
    this.spill = spill;
    this.journal = journal;
    this.state = state;
    this.rows = rows;
    this.listener = listener;
  }

  /** Reads all members that are left. */
  void run() throws IOException {
    long all = members.stream().mapToLong(DataArchive.Member::size).sum();
    long before = members.stream().limit(state.member).mapToLong(DataArchive.Member::size).sum();
    try (ExecutorService inflater = Executors.newSingleThreadExecutor()) {
      while (state.member < members.size()) {
        DataArchive.Member member = members.get(state.member);
        try {
          read(member, inflater);
        } catch (ZipException | EOFException e) {
          damaged(member, e);
        }
        state.member++;
        state.blocks = 0;
        before += member.size();
        listener.read(before, all);
        if (state.member == members.size()) {
          save();
        }
      }
    }
  }

  private void damaged(DataArchive.Member member, IOException e) {
    String place = archive.path() + ": " + member.name() + String.format(Locale.ROOT,
        " is damaged after line %,d of all (", state.lines)
        + (e.getMessage() == null ? "it ends too early" : e.getMessage()) + ")";
    if (!options.skipsDamaged()) {
      throw new UserError(
          place + ": get the archive again, or go on without the rest of such members with --skip-damaged");
    }
    state.damaged.add(state.member);
    listener.note(place + ": the rest of it is left out");
  }

  private void read(DataArchive.Member member, ExecutorService inflater) throws IOException {
    try (var blocks = new LineBlocks(archive.open(member))) {
      var block = new LineBlocks.Block();
      var other = new LineBlocks.Block();
      Future<Boolean> filled = fill(inflater, blocks, block);
      long number = 0;
      while (get(filled)) {
        LineBlocks.Block current = block;
        block = other;
        other = current;
        filled = fill(inflater, blocks, block);
        try {
          if (number++ >= state.blocks) {
            add(current);
            state.blocks = number;
            saveInTime(current.length());
          }
        } catch (IOException | RuntimeException | Error e) {
          // The stream is not closed while it is read.
          awaitQuietly(filled, e);
          throw e;
        }
      }
    }
  }

  private static Future<Boolean> fill(ExecutorService inflater, LineBlocks blocks, LineBlocks.Block block) {
    return inflater.submit(() -> blocks.next(block));
  }

  private static boolean get(Future<Boolean> filled) throws IOException {
    try {
      return filled.get();
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

  private static void awaitQuietly(Future<Boolean> filled, Throwable failure) {
    try {
      get(filled);
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void add(LineBlocks.Block block) throws IOException {
    byte[] bytes = block.bytes();
    int length = block.length();
    state.bytes += length;
    state.lines += block.longLines();
    state.faults[RowFaultKind.TOO_LONG.ordinal()] += block.longLines();
    for (int from = 0; from < length;) {
      int to = ByteWords.lineFeed(bytes, from, length);
      if (to - from > 1 || to > from && !ObjectScanner.isBlank(bytes[from])) {
        add(bytes, from, to);
      }
      from = to + 1;
    }
  }

  private void add(byte[] bytes, int from, int to) throws IOException {
    state.lines++;
    RowFaultKind fault = encoder.encode(bytes, from, to);
    if (fault != null) {
      state.faults[fault.ordinal()]++;
    } else if (encoder.place() < 0) {
      state.others++;
    } else {
      state.offers++;
      rows[encoder.place()]++;
      spill.add(encoder.digest().high(), encoder.digest().low(), encoder.place(), encoder.line().bytes(),
          encoder.line().length());
    }
  }

  private void saveInTime(int length) throws IOException {
    unsaved += length;
    if (unsaved >= options.checkpointBytes()) {
      save();
    }
  }

  private void save() throws IOException {
    state.spilled = spill.force();
    journal.append(state.toBytes());
    unsaved = 0;
  }
}
