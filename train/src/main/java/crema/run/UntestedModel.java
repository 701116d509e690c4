package crema.run;

import crema.base.AtomicFile;
import crema.base.UserError;
import crema.classify.ModelDirectory;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a test needs besides the model, which is whole in the directory of its run: a run whose test failed goes on from
 * here and trains nothing again.
 *
 * <p>The file: the steps; the number of facts, and each fact's name and value; the numbers of validation rows and their
 * labels, whether rows have weights; for each row its weight, how many labels it has, these, and a logit a label. Numbers
 * are big-endian, texts as {@link DataOutputStream#writeUTF} has them.
 *
 * @param steps training steps made
 * @param facts what to say of the model in the report, in order
 * @param validation what it says of the validation rows
 */
record UntestedModel(long steps, Map<String, String> facts, ScoredRows validation) {
  private static Path file(ModelDirectory directory) {
    return directory.checkpoints().resolve("untested.bin");
  }

  void write(ModelDirectory directory) throws IOException {
    Files.createDirectories(directory.checkpoints());
    AtomicFile.write(file(directory), channel -> {
      var out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
      out.writeLong(steps);
      out.writeInt(facts.size());
      for (var fact : facts.entrySet()) {
        out.writeUTF(fact.getKey());
        out.writeUTF(fact.getValue());
      }
      write(validation, out);
      out.flush();
    });
  }

  private static void write(ScoredRows rows, DataOutputStream out) throws IOException {
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

  /**
   * Of the model in a directory, if all that is left of its run is the test.
   *
   * @throws UserError when what {@link #write} wrote is damaged
   */
  static Optional<UntestedModel> read(ModelDirectory directory) throws IOException {
    Path file = file(directory);
    if (!directory.holdsModel() || !Files.exists(file)) {
      return Optional.empty();
    }
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      long steps = in.readLong();
      var facts = new LinkedHashMap<String, String>();
      for (int left = in.readInt(); left > 0; left--) {
        facts.put(in.readUTF(), in.readUTF());
      }
      return Optional.of(new UntestedModel(steps, facts, readRows(in)));
    } catch (IOException | NegativeArraySizeException e) {
      throw new UserError(file + " is damaged; start over with --overwrite", e);
    }
  }

  private static ScoredRows readRows(DataInputStream in) throws IOException {
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
