package crema.run;

import crema.base.AtomicFile;
import crema.metrics.ScoreMatrix;
import crema.task.ScoredRows;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a model said of rows, on disk for as long as a run needs it: the numbers of rows and labels, whether rows have
 * weights; for each row its weight, how many labels it has, these, and a logit a label. Numbers are big-endian.
 */
final class StoredRows {
  private StoredRows() {}

  /** Writes a file; there is a whole one or none. */
  static void write(ScoredRows rows, Path file) throws IOException {
    AtomicFile.write(file, channel -> {
      var out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
      write(rows, out);
      out.flush();
    });
  }

  /** Reads what {@link #write(ScoredRows, Path)} wrote. */
  static ScoredRows read(Path file) throws IOException {
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      return read(in);
    }
  }

  /** Writes rows among other things. */
  static void write(ScoredRows rows, DataOutputStream out) throws IOException {
    ScoreMatrix logits = rows.logits();
    out.writeInt(logits.documents());
    out.writeInt(logits.labels());
    out.writeBoolean(rows.weights() != null);
    for (int row = 0; row < logits.documents(); row++) {
      int[] truth = rows.truth()[row];
      out.writeDouble(rows.weight(row));
      out.writeInt(truth.length);
      for (int label : truth) {
        out.writeInt(label);
      }
      for (float logit : logits.row(row)) {
        out.writeFloat(logit);
      }
    }
  }

  /** Reads what {@link #write(ScoredRows, DataOutputStream)} wrote. */
  static ScoredRows read(DataInputStream in) throws IOException {
    var truth = new int[in.readInt()][];
    int labels = in.readInt();
    boolean areWeighted = in.readBoolean();
    var weights = new double[truth.length];
    ScoreMatrix.Builder logits = ScoreMatrix.builder(labels);
    for (int row = 0; row < truth.length; row++) {
      weights[row] = in.readDouble();
      truth[row] = new int[in.readInt()];
      for (int i = 0; i < truth[row].length; i++) {
        truth[row][i] = in.readInt();
      }
      var scores = new float[labels];
      for (int label = 0; label < labels; label++) {
        scores[label] = in.readFloat();
      }
      logits.add(scores);
    }
    return new ScoredRows(logits.build(), truth, List.of(), areWeighted ? weights : null);
  }
}
