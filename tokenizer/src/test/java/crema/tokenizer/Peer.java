package crema.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Hugging Face's own library, as it reads a {@code tokenizer.json}; offsets count code points. */
final class Peer implements AutoCloseable {
  /** What there is of a text, a row a token. */
  record Row(int id, int typeId, int word, int start, int end) {}

  private final HuggingFaceTokenizer tokenizer;

  private Peer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** Loads a file; its truncation and padding are left out. */
  static Peer load(Path file) throws IOException {
    return new Peer(HuggingFaceTokenizer.builder().optTokenizerPath(file).optTruncation(false).optPadding(false)
        .build());
  }

  /** Loads a file and cuts texts to {@code maxLength} tokens, of a pair the longer first. */
  static Peer load(Path file, int maxLength) throws IOException {
    return new Peer(HuggingFaceTokenizer.builder().optTokenizerPath(file).optTruncation(true).optPadding(false)
        .optMaxLength(maxLength).build());
  }

  int[] ids(String text) {
    return LongStream.of(tokenizer.encode(text, true, false).getIds()).mapToInt(id -> (int) id).toArray();
  }

  Row[] rows(String text) {
    return rows(tokenizer.encode(text, true, false));
  }

  Row[] rows(String first, String second) {
    return rows(tokenizer.encode(first, second, true, false));
  }

  String decode(int[] ids, boolean skipSpecialTokens) {
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecialTokens);
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private static Row[] rows(ai.djl.huggingface.tokenizers.Encoding encoding) {
    var ids = encoding.getIds();
    var spans = encoding.getCharTokenSpans();
    return IntStream.range(0, ids.length).mapToObj(i -> new Row((int) ids[i], (int) encoding.getTypeIds()[i],
        (int) encoding.getWordIds()[i], spans[i] == null ? 0 : spans[i].getStart(),
        spans[i] == null ? 0 : spans[i].getEnd())).toArray(Row[]::new);
  }

  /** Returns the rows of an encoding of ours. */
  static Row[] rows(Encoding encoding) {
    return IntStream.range(0, encoding.size()).mapToObj(i -> new Row(encoding.ids()[i], encoding.typeIds()[i],
        encoding.word(i), encoding.start(i, Encoding.OffsetUnit.CODE_POINT),
        encoding.end(i, Encoding.OffsetUnit.CODE_POINT))).toArray(Row[]::new);
  }
}
