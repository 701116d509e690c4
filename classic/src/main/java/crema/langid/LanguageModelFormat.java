package crema.langid;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;

/**
 * Files of language models: a mark, the length of the body (a big-endian int), and the body, compressed with zlib.
 *
 * <p>In the body a float is a big-endian 32-bit one. Any other number is in base 128, seven bits a byte from the
 * lowest, and the high bit set in each byte but the last (LEB128):
 *
 * <pre>{@code
 * languages    number of languages
 *              of each: bytes of its code (number), code in UTF-8, bias, prior and absent weight (floats)
 * scale        float
 * features     number of features
 *              of each: its hash less that of the feature before, less one (number)
 *              of each: number of its entries
 * entries      of each: its language less that of the feature's entry before, less one (number)
 *              of each: its weight (a signed byte)
 * }</pre>
 */
final class LanguageModelFormat {
  private static final byte[] MARK = "CremaLanguages2\n".getBytes(StandardCharsets.US_ASCII);

  private LanguageModelFormat() {}

  /** Whether a file starts as those of language models do. */
  static boolean isMarked(byte[] start) {
    return start.length >= MARK.length && Arrays.equals(start, 0, MARK.length, MARK, 0, MARK.length);
  }

  /** The bytes of a mark. */
  static int markLength() {
    return MARK.length;
  }

  /** The file of a model. */
  static byte[] bytes(LanguageModel model) throws IOException {
    byte[] body = body(model);
    var file = new ByteArrayOutputStream();
    var out = new DataOutputStream(file);
    out.write(MARK);
    out.writeInt(body.length);
    try (var compressed = new DeflaterOutputStream(out)) {
      compressed.write(body);
    }
    return file.toByteArray();
  }

  private static byte[] body(LanguageModel model) throws IOException {
    var body = new ByteArrayOutputStream();
    var out = new DataOutputStream(body);
    writeNumber(out, model.languages().size());
    for (int l = 0; l < model.languages().size(); l++) {
      byte[] code = model.languages().get(l).getBytes(StandardCharsets.UTF_8);
      writeNumber(out, code.length);
      out.write(code);
      out.writeFloat(model.bias(l));
      out.writeFloat(model.logPrior(l));
      out.writeFloat(model.absentWeight(l));
    }
    out.writeFloat(model.scale());
    FeatureIndex features = model.features();
    FeatureLanguages entries = model.entries();
    writeNumber(out, features.size());
    int last = -1;
    for (int f = 0; f < features.size(); f++) {
      writeNumber(out, features.hash(f) - last - 1);
      last = features.hash(f);
    }
    for (int f = 0; f < features.size(); f++) {
      writeNumber(out, entries.end(f) - entries.start(f));
    }
    for (int f = 0; f < features.size(); f++) {
      last = -1;
      for (int entry = entries.start(f); entry < entries.end(f); entry++) {
        writeNumber(out, entries.language(entry) - last - 1);
        last = entries.language(entry);
      }
    }
    for (int entry = 0; entry < entries.size(); entry++) {
      out.writeByte(model.weight(entry));
    }
    return body.toByteArray();
  }

  private static void writeNumber(DataOutputStream out, int number) throws IOException {
    int rest = number;
    while (rest >= 128) {
      out.writeByte(rest | 128);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }

  /**
   * The model of a file.
   *
   * @param name for messages
   * @throws IOException if it is malformed
   */
  static LanguageModel read(byte[] file, String name) throws IOException {
    if (!isMarked(file)) {
      throw new IOException(name + " is not a valid language model: it does not start with the mark of one");
    }
    return LanguageModelInput.of(file, MARK.length, name).readModel();
  }
}
