package crema.fasttext;

import crema.base.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The state of a training run between two batches.
 *
 * <p>The file holds a mark, the hyper-parameters that a model file lacks, the place in the corpus, the model in
 * fastText's format, and a checksum of all that. It replaces its predecessor only once it is on disk.
 *
 * @param model the matrices as they were
 * @param config with everything that decides the rest of the run
 * @param run where the run stands
 * @param corpus the {@link Corpus#checksum} of the text
 */
record Checkpoint(
    FastText model, FastTextConfig config, RunState run, long corpus) {
  private static final long MAGIC = 0x324D_4552_4354_4641L;
  private static final int TRAILER = 8;

  static void write(Path file, FastText model, RunState run, long corpus) throws IOException {
    AtomicFile.write(file, channel -> {
      var summed = new SummedOutput(channel);
      var out = new ModelOutput(summed);
      FastTextConfig config = model.config();
      out.writeLong(MAGIC);
      out.writeDouble(config.lr());
      out.writeInt(config.minCountLabel());
      out.writeBoolean(config.shuffle());
      out.writeLong(config.seed());
      byte[] labelPrefix = config.labelPrefix().getBytes(StandardCharsets.UTF_8);
      out.writeInt(labelPrefix.length);
      out.writeBytes(labelPrefix, 0, labelPrefix.length);
      out.writeInt(run.position().epoch());
      out.writeInt(run.position().line());
      out.writeInt(run.position().word());
      out.writeLong(run.step());
      out.writeDouble(run.lossSum());
      out.writeLong(run.lossCount());
      out.writeLong(corpus);
      ModelFormat.write(model, out);
      out.writeLong(summed.checksum());
      out.flush();
    });
  }

  static Checkpoint read(Path file) throws IOException {
    verify(file);
    try (var channel = FileChannel.open(file)) {
      var in = new ModelInput(channel, file.toString(), channel.size() - TRAILER);
      in.readLong();
      double lr = in.readDouble();
      int minCountLabel = in.readInt();
      boolean shuffle = in.readBoolean("shuffle");
      long seed = in.readLong();
      var labelPrefix = new byte[in.room(in.readInt(), 1, "bytes of the label prefix")];
      in.readBytes(labelPrefix);
      var position = new ExampleStream.Position(in.readInt(), in.readInt(), in.readInt());
      var run = new RunState(position, in.readLong(), in.readDouble(), in.readLong());
      long corpus = in.readLong();
      FastText model = ModelFormat.read(in);
      FastTextConfig config = model.config().toBuilder()
          .lr(lr).minCountLabel(minCountLabel).shuffle(shuffle).seed(seed)
          .labelPrefix(new String(labelPrefix, StandardCharsets.UTF_8)).build();
      return new Checkpoint(model, config, run, corpus);
    }
  }

  private static void verify(Path file) throws IOException {
    try (var channel = FileChannel.open(file)) {
      long length = channel.size();
      var in = new ModelInput(channel, file.toString(), length);
      if (length < 2 * TRAILER || in.readLong() != MAGIC) {
        throw new IOException(file + " is not a fastText checkpoint");
      }
      channel.position(0);
      var checksum = new CRC32C();
      var buffer = ByteBuffer.allocateDirect(1 << 20);
      for (long left = length - TRAILER; left > 0;) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), left));
        if (channel.read(buffer) < 0) {
          break;
        }
        left -= buffer.position();
        checksum.update(buffer.flip());
      }
      if (new ModelInput(channel, file.toString(), TRAILER).readLong() != checksum.getValue()) {
        throw new IOException(file + " is damaged: its checksum does not match; use an earlier checkpoint");
      }
    }
  }

  /** Passes bytes on, and sums them. */
  private static final class SummedOutput implements WritableByteChannel {
    private final WritableByteChannel target;
    private final CRC32C checksum = new CRC32C();

    SummedOutput(WritableByteChannel target) {
      this.target = target;
    }

    long checksum() {
      return checksum.getValue();
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      int from = source.position();
      int count = target.write(source);
      checksum.update(source.duplicate().position(from).limit(from + count));
      return count;
    }

    @Override
    public boolean isOpen() {
      return target.isOpen();
    }

    @Override
    public void close() throws IOException {
      target.close();
    }
  }
}
