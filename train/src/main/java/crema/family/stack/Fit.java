package crema.family.stack;

import crema.base.AtomicFile;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A training on all folds but one, and what came of it: kept on disk, so that a run that was stopped does not train again.
 *
 * @param evidence for the rows of the fold, {@code [rows][answers]}
 * @param seconds how long the training took
 * @param latency milliseconds that an answer takes, one of many
 * @param operations that an answer takes, about
 * @param bytes of the model's files
 */
@SuppressWarnings("ArrayRecordComponent") // carries an array; never compared
record Fit(float[][] evidence, double seconds, double latency, double operations, long bytes) {
  /** Writes it; there is a whole file or none. */
  void write(Path file) throws IOException {
    AtomicFile.write(file, channel -> {
      var out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
      out.writeDouble(seconds);
      out.writeDouble(latency);
      out.writeDouble(operations);
      out.writeLong(bytes);
      out.writeInt(evidence.length);
      out.writeInt(evidence.length == 0 ? 0 : evidence[0].length);
      for (float[] row : evidence) {
        for (float value : row) {
          out.writeFloat(value);
        }
      }
      out.flush();
    });
  }

  /** Reads what {@link #write} wrote. */
  static Fit read(Path file) throws IOException {
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      double seconds = in.readDouble();
      double latency = in.readDouble();
      double operations = in.readDouble();
      long bytes = in.readLong();
      var evidence = new float[in.readInt()][];
      int answers = in.readInt();
      for (int row = 0; row < evidence.length; row++) {
        evidence[row] = new float[answers];
        for (int answer = 0; answer < answers; answer++) {
          evidence[row][answer] = in.readFloat();
        }
      }
      return new Fit(evidence, seconds, latency, operations, bytes);
    }
  }
}
