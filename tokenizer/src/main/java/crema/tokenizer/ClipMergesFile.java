package crema.tokenizer;

import static crema.tokenizer.JsonPart.quote;

import crema.base.ByteSource;
import crema.base.json.ObjectNode;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the merge rules of CLIP, a pair of tokens a line behind a line of its version, gzipped or not, and makes the
 * tokenizer that Hugging Face's {@code CLIPTokenizerFast} is. The vocabulary follows from the rules: the letters of the
 * bytes, the same at the end of a word, what each rule makes, and the tokens of start and end.
 */
final class ClipMergesFile {
  private static final String END_OF_WORD = "</w>";
  private static final String START = "<|startoftext|>";
  private static final String END = "<|endoftext|>";

  /** The file that was published has five times as many rules as the model uses. */
  private static final int RULES = 49_152 - 256 - 2;

  private static final int LONGEST_LINE = 1000;
  private static final int GZIP = 0x1F8B;
  private static final String PATTERN =
      "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

  private final List<String> tokens = new ArrayList<>();
  private final Map<String, Integer> ids = new HashMap<>();

  private ClipMergesFile() {}

  static Tokenizer read(ByteSource file) throws IOException {
    var vocabulary = new ClipMergesFile();
    vocabulary.addBytes("");
    vocabulary.addBytes(END_OF_WORD);
    MergeTable merges = vocabulary.addRules(file);
    vocabulary.add(START);
    vocabulary.add(END);
    var model = new BpeModel(new Vocabulary(vocabulary.tokens.toArray(new String[0]), vocabulary.ids), merges,
        new BpeModel.Options(END, "", END_OF_WORD, false, false, false), BpeModel.Symbols.CHARACTERS);
    var added = List.of(AddedToken.special(model.id(START), START), AddedToken.special(model.id(END), END));
    return TokenizerReader.assemble(file.name(), parts(model), model, added, List.of());
  }

  private int add(String token) {
    ids.put(token, tokens.size());
    tokens.add(token);
    return tokens.size() - 1;
  }

  /** The letters of the bytes that are spelled as themselves, then those of all others. */
  private void addBytes(String suffix) {
    for (boolean themselves : new boolean[] {true, false}) {
      for (int value = 0; value < 256; value++) {
        char letter = ByteAlphabet.letter(value);
        if (letter == value == themselves) {
          add(letter + suffix);
        }
      }
    }
  }

  private MergeTable addRules(ByteSource file) throws IOException {
    var lefts = new int[RULES];
    var rights = new int[RULES];
    var merged = new int[RULES];
    int count = 0;
    try (var in = new BufferedReader(new InputStreamReader(unpacked(file), StandardCharsets.UTF_8.newDecoder()))) {
      line(in, file, 0);
      for (String line = line(in, file, 1); line != null && count < RULES; line = line(in, file, count + 1)) {
        String[] pair = line.split(" ", -1);
        Integer left = ids.get(pair[0]);
        Integer right = pair.length == 2 ? ids.get(pair[1]) : null;
        if (left == null || right == null) {
          throw new TokenizerFormatException(file + ": line " + (count + 2) + ": " + quote(line)
              + " is no pair of tokens that there are");
        }
        lefts[count] = left;
        rights[count] = right;
        String whole = pair[0] + pair[1];
        Integer known = ids.get(whole);
        merged[count++] = known == null ? add(whole) : known;
      }
    } catch (CharacterCodingException e) {
      throw new TokenizerFormatException(file + ": line " + (count + 2) + ": not UTF-8", e);
    } catch (ZipException e) {
      throw new TokenizerFormatException(file + ": damaged: " + e.getMessage(), e);
    }
    if (count == 0) {
      throw new TokenizerFormatException(file + ": has no merge rules");
    }
    return new MergeTable(Arrays.copyOf(lefts, count), Arrays.copyOf(rights, count), Arrays.copyOf(merged, count));
  }

  private static InputStream unpacked(ByteSource file) throws IOException {
    var in = new BufferedInputStream(file.open());
    in.mark(2);
    int magic = in.read() << 8 | in.read();
    in.reset();
    return magic == GZIP ? new GZIPInputStream(in) : in;
  }

  /** A line, of bounded length; null at the end. */
  private static @Nullable String line(BufferedReader in, ByteSource file, int number)
      throws IOException {
    var line = new StringBuilder();
    int c = in.read();
    if (c < 0) {
      return null;
    }
    for (; c >= 0 && c != '\n'; c = in.read()) {
      if (line.length() == LONGEST_LINE) {
        throw new TokenizerFormatException(file + ": line " + (number + 1) + ": longer than a merge rule is");
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  private static ObjectNode parts(BpeModel model) {
    var parts = new ObjectNode();
    var normalizers = parts.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    normalizers.addObject().put("type", "NFC");
    var spaces = normalizers.addObject().put("type", "Replace");
    spaces.putObject("pattern").put("Regex", "\\s+");
    spaces.put("content", " ");
    normalizers.addObject().put("type", "Lowercase");
    var cuts = parts.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    var split = cuts.addObject().put("type", "Split").put("behavior", "Removed").put("invert", true);
    split.putObject("pattern").put("Regex", PATTERN);
    cuts.addObject().put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true)
        .put("use_regex", false);
    parts.set("post_processor", new TokenFrame(List.of(START), List.of(END), List.of(END)).describe(model::id));
    parts.putObject("decoder").put("type", "ByteLevel").put("add_prefix_space", true).put("trim_offsets", true)
        .put("use_regex", true);
    return parts;
  }
}
