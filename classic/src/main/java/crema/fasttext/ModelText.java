package crema.fasttext;

import crema.base.AtomicFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.IntFunction;

/**
 * A model as text: files of vectors, and what the original's {@code dump} prints.
 *
 * @param model what is written
 */
record ModelText(FastText model) {
  /** Writes the words' vectors: a line with their number and length, then a word and its vector a line. */
  void writeVectors(Path file) throws IOException {
    Dictionary dictionary = model.dictionary();
    write(file, dictionary.wordCount(), dictionary::word, word -> model.wordVector(dictionary.word(word)));
  }

  /**
   * Writes the output vectors, of labels or of words as neighbours.
   *
   * @throws IllegalStateException if they are quantized
   */
  void writeOutput(Path file) throws IOException {
    if (model.isQuantized()) {
      throw new IllegalStateException("a quantized model's output vectors cannot be written");
    }
    Dictionary dictionary = model.dictionary();
    boolean supervised = model.config().task() == Task.SUPERVISED;
    write(file, supervised ? dictionary.labelCount() : dictionary.wordCount(),
        supervised ? dictionary::label : dictionary::word, row -> row(model.output(), row));
  }

  private void write(Path file, int count, IntFunction<String> name, IntFunction<float[]> vector) throws IOException {
    AtomicFile.write(file, channel -> {
      var out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
      out.write(count + " " + model.dim() + "\n");
      for (int i = 0; i < count; i++) {
        out.write(name.apply(i) + ' ' + VectorText.format(vector.apply(i)) + '\n');
      }
      out.flush();
    });
  }

  private float[] row(RowMatrix matrix, int row) {
    var vector = new float[model.dim()];
    matrix.addRow(row, vector);
    return vector;
  }

  /**
   * Writes a part of the model as the original's {@code dump} prints it.
   *
   * @throws IllegalStateException if it is a matrix, and the model is quantized
   */
  void dump(FastText.Section section, Appendable out) throws IOException {
    switch (section) {
      case ARGS -> dumpArgs(out);
      case DICT -> dumpDictionary(out);
      case INPUT -> dumpMatrix(model.input(), out);
      case OUTPUT -> dumpMatrix(model.output(), out);
    }
  }

  private void dumpArgs(Appendable out) throws IOException {
    FastTextConfig config = model.config();
    out.append("dim " + config.dim() + "\n")
        .append("ws " + config.ws() + "\n")
        .append("epoch " + config.epoch() + "\n")
        .append("minCount " + config.minCount() + "\n")
        .append("neg " + config.neg() + "\n")
        .append("wordNgrams " + config.wordNgrams() + "\n")
        .append("loss " + config.loss().key() + "\n")
        .append("model " + config.task().key() + "\n")
        .append("bucket " + config.bucket() + "\n")
        .append("minn " + config.minn() + "\n")
        .append("maxn " + config.maxn() + "\n")
        .append("lrUpdateRate " + config.lrUpdateRate() + "\n")
        .append("t " + VectorText.format(config.t(), 6) + "\n");
  }

  private void dumpDictionary(Appendable out) throws IOException {
    Dictionary dictionary = model.dictionary();
    out.append(dictionary.size() + "\n");
    for (int e = 0; e < dictionary.size(); e++) {
      String kind = e < dictionary.wordCount() ? "word" : "label";
      out.append(dictionary.entries().string(e) + " " + dictionary.count(e) + " " + kind + "\n");
    }
  }

  private void dumpMatrix(RowMatrix matrix, Appendable out) throws IOException {
    if (model.isQuantized()) {
      throw new IllegalStateException("a quantized model's matrices cannot be dumped");
    }
    out.append(matrix.rows() + " " + matrix.dim() + "\n");
    for (int row = 0; row < matrix.rows(); row++) {
      out.append(VectorText.format(row(matrix, row), 6).stripTrailing()).append('\n');
    }
  }
}
