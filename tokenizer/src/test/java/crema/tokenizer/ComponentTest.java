package crema.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What components do in cases that others got wrong; the expected tokens are those of Hugging Face's library. */
class ComponentTest {
  private static final String BERT = """
      {"version":"1.0","added_tokens":[
      {"id":1,"content":"[CLS]","normalized":false,"special":true},
      {"id":2,"content":"[SEP]","normalized":false,"special":true},
      {"id":3,"content":"[MASK]","lstrip":true,"normalized":false,"special":true}],
      "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,
      "lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},
      "post_processor":{"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]},
      "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
      "model":{"unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{"[UNK]":0,
      "[CLS]":1,"[SEP]":2,"[MASK]":3,"a":4,"b":5,"c":6,"d":7,"e":8,"f":9,"u":10,"v":11,"w":12,"x":13,"y":14,"z":15,
      "abc":16,"##5":17,"\u20ac":18,"5":19,"$":20,"istanbul":21,".":22}}}""";
  private static final String METASPACE = """
      {"version":"1.0","added_tokens":[{"id":0,"content":"<s>","normalized":false,"special":true}],
      "pre_tokenizer":{"type":"Metaspace","replacement":"\u2581",SCHEME},
      "model":{"type":"Unigram","unk_id":0,"vocab":[["<s>",0],["\u2581to",-1],["\u2581the",-1],["t",-2],["o",-2],
      ["he",-2],["\u2581",-3]]}}""";

  @TempDir
  Path folder;

  @Test
  void textsOfBertAreCleanedAndSplitAsBertDoes() throws IOException {
    var tokenizer = load(BERT);

    assertThat(tokens(tokenizer, "a\u00adb\u200bc")).containsExactly("[CLS]", "abc", "[SEP]");
    assertThat(tokens(tokenizer, "\u0130stanbul")).containsExactly("[CLS]", "istanbul", "[SEP]");
    assertThat(tokens(tokenizer, "\u20ac5 $5")).containsExactly("[CLS]", "\u20ac", "##5", "$", "5", "[SEP]");
    assertThat(tokens(tokenizer, "\u0378")).containsExactly("[CLS]", "[UNK]", "[SEP]");
    assertThat(tokens(tokenizer, "x".repeat(101))).containsExactly("[CLS]", "[UNK]", "[SEP]");
  }

  @Test
  void aTextIsCutBetweenItsSpecialTokens() throws IOException {
    var tokenizer = load(BERT).withMaxLength(4);
    var buffer = new TokenBuffer();

    assertThat(tokenizer.encode("a b c d", buffer)).isTrue();
    assertThat(buffer.toArray()).containsExactly(1, 4, 5, 2);
    assertThat(tokenizer.encode("a b", buffer)).isFalse();
    assertThat(tokenizer.specialTokens()).isEqualTo(2);
    assertThat(tokenizer.specialTokensOfPair()).isEqualTo(3);
    var left = tokenizer.withTruncation(new Truncation(4, Truncation.Direction.LEFT,
        Truncation.Strategy.LONGEST_FIRST, 0));
    assertThat(left.encode("a b c d")).containsExactly(1, 6, 7, 2);
    assertThat(left.encodeWithOffsets("a b c d").ids()).containsExactly(1, 6, 7, 2);
  }

  @Test
  void aPairIsCutAtTheLongerTextFirst() throws IOException {
    var pair = load(BERT).withMaxLength(8).encodeWithOffsets("a b c d e f", "u v w x y z");

    assertThat(pair.tokens()).containsExactly("[CLS]", "a", "b", "[SEP]", "u", "v", "w", "[SEP]");
    assertThat(pair.typeIds()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
    assertThat(pair.isCut()).isTrue();
    var firstOnly = load(BERT).withTruncation(new Truncation(5, Truncation.Direction.RIGHT,
        Truncation.Strategy.ONLY_FIRST, 0));
    assertThatThrownBy(() -> firstOnly.encodeWithOffsets("a b", "u v w x"))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("too few to be cut");
  }

  @Test
  void windowsShareTheStride() throws IOException {
    var tokenizer = load(BERT).withTruncation(new Truncation(5, Truncation.Direction.RIGHT,
        Truncation.Strategy.LONGEST_FIRST, 1));

    assertThat(tokenizer.windows("a b c d e").stream().map(window -> String.join(" ", window.tokens())))
        .containsExactly("[CLS] a b c [SEP]", "[CLS] c d e [SEP]");
  }

  @Test
  void anAddedTokenSwallowsTheSpaceBeforeIt() throws IOException {
    var tokenizer = load(BERT);
    var encoding = tokenizer.encodeWithOffsets("a  [MASK] b.");

    assertThat(encoding.tokens()).containsExactly("[CLS]", "a", "[MASK]", "b", ".", "[SEP]");
    assertThat(encoding.start(2, Encoding.OffsetUnit.CHAR)).isEqualTo(1);
    assertThat(encoding.end(2, Encoding.OffsetUnit.CHAR)).isEqualTo(9);
    assertThat(tokenizer.decode(encoding.ids(), true)).isEqualTo("a b.");
  }

  @Test
  void offsetsCountCharsOrCodePoints() throws IOException {
    var encoding = load(BERT).encodeWithOffsets("\ud83e\udee0 abc");

    assertThat(encoding.start(2, Encoding.OffsetUnit.CHAR)).isEqualTo(3);
    assertThat(encoding.end(2, Encoding.OffsetUnit.CHAR)).isEqualTo(6);
    assertThat(encoding.start(2, Encoding.OffsetUnit.CODE_POINT)).isEqualTo(2);
    assertThat(encoding.end(2, Encoding.OffsetUnit.CODE_POINT)).isEqualTo(5);
  }

  @Test
  void metaspacePrependsByItsScheme() throws IOException {
    var text = "to the<s>to the";

    assertThat(tokens(load(METASPACE.replace("SCHEME", "\"prepend_scheme\":\"always\"")), text))
        .containsExactly("\u2581to", "\u2581the", "<s>", "\u2581to", "\u2581the");
    assertThat(tokens(load(METASPACE.replace("SCHEME", "\"prepend_scheme\":\"first\"")), text))
        .containsExactly("\u2581to", "\u2581the", "<s>", "t", "o", "\u2581the");
    assertThat(tokens(load(METASPACE.replace("SCHEME", "\"prepend_scheme\":\"never\"")), text))
        .containsExactly("t", "o", "\u2581the", "<s>", "t", "o", "\u2581the");
    var old = load(METASPACE.replace("SCHEME", "\"add_prefix_space\":false"));
    assertThat(tokens(old, "to the")).containsExactly("t", "o", "\u2581the");
    assertThat(old.notes()).singleElement().asString().contains("pre_tokenizer.add_prefix_space").contains("never");
  }

  @Test
  void ofEqualScoresTheEarliestStartStays() throws IOException {
    var tokenizer = load("""
        {"version":"1.0","model":{"type":"Unigram","unk_id":0,
        "vocab":[["<unk>",0],["a",-1],["b",-1],["c",-1],["ab",-2],["bc",-2]]}}""");

    assertThat(tokens(tokenizer, "ab")).containsExactly("ab");
    assertThat(tokens(tokenizer, "abc")).containsExactly("a", "bc");
    assertThat(tokens(tokenizer, "xya")).containsExactly("<unk>", "a");
  }

  @Test
  void anUnknownCharacterBecomesTheTokensOfItsBytes() throws IOException {
    var tokenizer = load("""
        {"version":"1.0","decoder":{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Fuse"}]},
        "model":{"type":"BPE","byte_fallback":true,"fuse_unk":true,"unk_token":"<unk>",
        "vocab":{"<unk>":0,"a":1,"<0xCD>":2,"<0xB8>":3,"aa":4},"merges":["a a"]}}""");

    assertThat(tokens(tokenizer, "aa\u0378a")).containsExactly("aa", "<0xCD>", "<0xB8>", "a");
    assertThat(tokens(tokenizer, "bca")).containsExactly("<unk>", "a");
    assertThat(tokenizer.decode(new int[] {2, 3, 1})).isEqualTo("\u0378a");
    assertThat(tokenizer.decode(new int[] {2, 1})).isEqualTo("\ufffda");
  }

  @Test
  void aVocabularyOfBertIsReadWithItsConfiguration() throws IOException {
    Files.write(folder.resolve("vocab.txt"), List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "A", "a"));
    Files.writeString(folder.resolve("tokenizer_config.json"),
        "{\"do_lower_case\":false,\"model_max_length\":4,\"cls_token\":{\"content\":\"[CLS]\"}}");
    var tokenizer = Tokenizer.load(folder.resolve("vocab.txt"));

    assertThat(tokens(tokenizer, "A a A")).containsExactly("[CLS]", "A", "a", "[SEP]");
    tokenizer.save(folder.resolve("tokenizer.json"));
    assertThat(tokens(Tokenizer.load(folder.resolve("tokenizer.json")), "A a A"))
        .containsExactly("[CLS]", "A", "a", "[SEP]");

    Files.write(folder.resolve("vocab.txt"), List.of("[PAD]", "a"));
    assertThatThrownBy(() -> Tokenizer.load(folder.resolve("vocab.txt")))
        .isInstanceOf(TokenizerFormatException.class).hasMessageContaining("has no line '[UNK]'");
  }

  @Test
  void aDamagedSentencePieceModelIsRefused() throws IOException {
    var file = folder.resolve("spiece.model");
    for (var bytes : List.of(new byte[0], new byte[] {10, 100, 1}, "not a model".getBytes("UTF-8"), new byte[] {7})) {
      Files.write(file, bytes);
      assertThatThrownBy(() -> Tokenizer.load(file)).as(Arrays.toString(bytes))
          .isInstanceOf(TokenizerFormatException.class).hasMessageStartingWith(file.toString());
    }
  }

  private static List<String> tokens(Tokenizer tokenizer, String text) {
    return Arrays.stream(tokenizer.encode(text)).mapToObj(tokenizer::token).toList();
  }

  private Tokenizer load(String json) throws IOException {
    return Tokenizer.load(Files.writeString(folder.resolve("tokenizer.json"), json));
  }
}
