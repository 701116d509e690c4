package crema.tokenizer;

import crema.base.ByteSource;
import crema.base.json.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Turns text into token ids and back. Made by {@link #load} from a {@code tokenizer.json} of Hugging Face's
 * {@code tokenizers} library, or by {@link BpeTrainer}. Immutable and thread-safe.
 *
 * <p>Encoding gives the ids that Hugging Face's library gives for the same file, the post-processor's special tokens
 * included. There is no unknown input: every byte has a token. A {@code char} that is an unpaired surrogate has no
 * UTF-8; it is encoded like U+FFFD. Two things differ: {@code truncation} and {@code padding} of a file are kept when
 * it is saved but not applied, as batches here are packed; and letters that Unicode added after the version that a
 * library was built with may be cut differently.
 *
 * <p>An added token's text, such as {@code <pad>}, becomes that token wherever it occurs in the input.
 */
public final class Tokenizer {
  private final TextPipeline pipeline;
  private final Model model;
  private final PostProcessor postProcessor;
  private final Map<Integer, AddedToken> addedById = new HashMap<>();
  private final Map<String, Integer> addedIds = new HashMap<>();
  private final int vocabularySize;
  /** The file's keys besides {@code added_tokens} and {@code model}, to be saved as they are. */
  private final ObjectNode settings;

  Tokenizer(
      TextPipeline pipeline,
      Model model,
      PostProcessor postProcessor,
      Collection<AddedToken> addedTokens,
      ObjectNode settings) {
    this.pipeline = pipeline;
    this.model = model;
    this.postProcessor = postProcessor;
    this.settings = settings;
    var size = model.size();
    for (var token : addedTokens) {
      addedById.put(token.id(), token);
      addedIds.put(token.content(), token.id());
      size = Math.max(size, token.id() + 1);
    }
    vocabularySize = size;
  }

  /**
   * Reads a {@code tokenizer.json} (version 1.0) with a byte-level BPE model. The file is not trusted: whatever it
   * holds, the result is a tokenizer or an exception.
   *
   * @throws TokenizerFormatException if the file is damaged or uses what is not supported; the message names the key
   * @throws IOException if the file cannot be read
   */
  public static Tokenizer load(Path file) throws IOException {
    return load(ByteSource.of(file));
  }

  /**
   * Reads a {@code tokenizer.json}, as {@link #load(Path)} does.
   *
   * @throws TokenizerFormatException if the file is damaged or uses what is not supported; the message names the key
   * @throws IOException if the file cannot be read
   */
  public static Tokenizer load(ByteSource file) throws IOException {
    return TokenizerReader.read(file);
  }

  /**
   * Writes a {@code tokenizer.json} that this class and Hugging Face's library load. It is written beside the
   * target, forced to disk and renamed, so a crash leaves the old file or the new one.
   *
   * @throws IOException if the file cannot be written
   */
  public void save(Path file) throws IOException {
    TokenizerWriter.write(this, file);
  }

  /** Returns the ids of a text. */
  public int[] encode(CharSequence text) {
    var out = new TokenBuffer();
    encode(text, out);
    return out.toArray();
  }

  /** Appends the ids of a text to {@code out}, which is not cleared first. */
  public void encode(CharSequence text, TokenBuffer out) {
    postProcessor.before(out);
    pipeline.run(text, out.workspace(), new TextPipeline.Sink() {
      @Override
      public void piece(char[] chars, int from, int to) {
        model.encode(chars, from, to, out);
      }

      @Override
      public void token(int id) {
        out.add(id);
      }
    });
    postProcessor.after(out);
  }

  /**
   * Returns the text of some ids, special tokens included. Bytes that are not UTF-8, as where ids cut a character in
   * two, become U+FFFD.
   *
   * @throws IllegalArgumentException if an id is not of the vocabulary
   */
  public String decode(int[] ids) {
    return decode(ids, false);
  }

  /**
   * Returns the text of some ids.
   *
   * @param skipSpecialTokens whether control tokens such as {@code <pad>} are left out
   * @throws IllegalArgumentException if an id is not of the vocabulary
   */
  public String decode(int[] ids, boolean skipSpecialTokens) {
    var bytes = new ByteArrayOutputStream(4 * ids.length);
    for (var id : ids) {
      var added = addedById.get(id);
      if (added == null) {
        checkId(id);
        bytes.writeBytes(model.bytes(id));
      } else if (!(skipSpecialTokens && added.special())) {
        bytes.writeBytes(added.content().getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Returns the largest id plus one, added tokens included: the number of rows of an embedding table. */
  public int vocabularySize() {
    return vocabularySize;
  }

  /**
   * Returns the token of an id as the vocabulary spells it: in the byte alphabet, where a space is {@code Ġ}.
   *
   * @throws IllegalArgumentException if the id is not of the vocabulary
   */
  public String token(int id) {
    var added = addedById.get(id);
    return added != null ? added.content() : checkId(id);
  }

  /** Returns the id of a token as the vocabulary spells it. */
  public OptionalInt id(String token) {
    var added = addedIds.get(token);
    var id = added != null ? added : model.id(token);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  TextPipeline pipeline() {
    return pipeline;
  }

  Model model() {
    return model;
  }

  Collection<AddedToken> addedTokens() {
    return addedById.values();
  }

  ObjectNode settings() {
    return settings;
  }

  private String checkId(int id) {
    @Nullable String token = id >= 0 && id < model.size() ? model.token(id) : null;
    if (token == null) {
      throw new IllegalArgumentException("id " + id + " is not of the vocabulary of " + vocabularySize + " tokens");
    }
    return token;
  }
}
