import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import crema.tokenizer.TokenizerTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes what Hugging Face's own library makes of the golden cases: for each variant of a small tokenizer, the ids and
 * the piece (word) numbers of each text. {@code GoldenTest} compares.
 *
 * <p>Not part of the build, as it needs a native library. Run it after changing {@code cases.json}, in the repository
 * root, with the built tokenizer module and {@code ai.djl.huggingface:tokenizers:0.38.0} and its dependencies on the
 * class path:
 * <pre>{@code
 * mvn -q -pl tokenizer -am -DskipTests package
 * java --class-path tokenizer/target/classes:$CLASS_PATH tokenizer/src/test/golden/GoldenGenerator.java
 * }</pre>
 * where the rest of the class path is what {@code mvn dependency:build-classpath} prints for a project with that
 * artifact and {@code tools.jackson.core:jackson-databind}. The tokenizer is trained anew with each run.
 */
public final class GoldenGenerator {
  private static final Path FOLDER = Path.of("tokenizer/src/test/resources/crema/tokenizer/golden");

  private GoldenGenerator() {}

  public static void main(String[] args) throws IOException {
    var mapper = JsonMapper.builder().build();
    var cases = mapper.readTree(FOLDER.resolve("cases.json").toFile());
    var texts = new ArrayList<String>();
    cases.get("texts").forEach(text -> texts.add(text.stringValue()));
    // Without the texts that are about added tokens, so that none of these is learned.
    var corpus = new ArrayList<>(texts.subList(0, 25));
    corpus.addAll(corpus);
    var file = FOLDER.resolve("tokenizer.json");
    TokenizerTrainer.of(TokenizerTrainer.Kind.BPE).withVocabularySize(700).withSpecialTokens(List.of("<pad>", "<s>", "</s>"))
        .train(corpus).save(file);

    var expected = mapper.createObjectNode();
    for (var variant : cases.get("variants")) {
      var tokenizer = (ObjectNode) mapper.readTree(file.toFile());
      variant.get("settings").properties().forEach(setting -> {
        var owner = setting.getKey().equals("ignore_merges") ? (ObjectNode) tokenizer.get("model") : tokenizer;
        owner.set(setting.getKey(), setting.getValue());
      });
      var variantFile = Files.createTempFile("variant", ".json");
      mapper.writeValue(variantFile.toFile(), tokenizer);
      var result = expected.putObject(variant.get("name").stringValue());
      var ids = result.putArray("ids");
      var words = result.putArray("words");
      var decoded = result.putArray("decoded");
      try (var peer = HuggingFaceTokenizer.builder().optTokenizerPath(variantFile).optTruncation(false).build()) {
        for (var text : texts) {
          var encoding = peer.encode(text, true, false);
          ids.add(mapper.valueToTree(encoding.getIds()));
          words.add(mapper.valueToTree(encoding.getWordIds()));
          decoded.add(peer.decode(encoding.getIds(), true));
        }
      }
      Files.delete(variantFile);
    }
    mapper.writeValue(FOLDER.resolve("expected.json").toFile(), expected);
  }
}
