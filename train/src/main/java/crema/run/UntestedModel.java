package crema.run;

import crema.base.AtomicFile;
import crema.base.UserError;
import crema.classify.ModelDirectory;
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
import java.util.Map;
import java.util.Optional;

/**
 * What a test needs besides the model, which is whole in the directory of its run: a run whose test failed goes on from
 * here and trains nothing again.
 *
 * <p>The file: the steps; the number of facts, and each fact's name and value; the validation rows as
 * {@link StoredRows} has them. Numbers are big-endian, texts as {@link DataOutputStream#writeUTF} has them.
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
      StoredRows.write(validation, out);
      out.flush();
    });
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
      return Optional.of(new UntestedModel(steps, facts, StoredRows.read(in)));
    } catch (IOException | NegativeArraySizeException e) {
      throw new UserError(file + " is damaged; start over with --overwrite", e);
    }
  }
}
