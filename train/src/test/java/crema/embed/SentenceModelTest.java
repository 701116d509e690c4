package crema.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.tensor.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders of sentence-transformers: what they say is done, what is not known is refused by its name. */
class SentenceModelTest {
  @TempDir
  Path folder;

  @BeforeEach
  void write() throws IOException {
    write("modules.json", """
        [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
         {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
         {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"},
         {"idx": 3, "name": "3", "path": "3_Normalize", "type": "sentence_transformers.models.Normalize"}]""");
    write("1_Pooling/config.json", """
        {"word_embedding_dimension": 8, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false,
         "pooling_mode_max_tokens": false, "pooling_mode_mean_sqrt_len_tokens": false,
         "pooling_mode_lasttoken": true, "include_prompt": false}""");
    write("2_Dense/config.json", """
        {"in_features": 16, "out_features": 4, "bias": true,
         "activation_function": "torch.nn.modules.activation.Tanh"}""");
    write("sentence_bert_config.json", "{\"max_seq_length\": 77, \"do_lower_case\": true}");
    write("config_sentence_transformers.json",
        "{\"prompts\": {\"query\": \"query: \", \"passage\": \"\"}, \"default_prompt_name\": \"query\"}");
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private SentenceModel read() throws IOException {
    return SentenceModel.read(folder);
  }

  @Test
  void whatTheFilesSayIsRead() throws IOException {
    SentenceModel model = read();
    assertThat(model.base()).isEqualTo(folder);
    assertThat(model.stages()).containsExactly(
        new SentenceModel.TokenPooling(List.of(PoolingKind.CLS, PoolingKind.LAST_TOKEN), false),
        new SentenceModel.DenseShape(folder.resolve("2_Dense"), 16, 4, true, Activation.TANH),
        new SentenceModel.Normalize());
    assertThat(model.maxLength()).hasValue(77);
    assertThat(model.lowercase()).isTrue();
    assertThat(model.prompt(EmbedOptions.DEFAULT)).isEqualTo("query: ");
    assertThat(model.prompt(EmbedOptions.DEFAULT.withPromptName("passage"))).isEmpty();
    assertThat(model.prompt(EmbedOptions.DEFAULT.withPrompt("x"))).isEqualTo("x");
    assertThatThrownBy(() -> model.prompt(EmbedOptions.DEFAULT.withPromptName("pasage")))
        .isInstanceOf(UserError.class).hasMessageContaining("did you mean 'passage'");
  }

  @Test
  void aPlainFolderSaysNothing() throws IOException {
    Path plain = Files.createDirectories(folder.resolve("plain"));
    assertThat(SentenceModel.read(plain).stages()).isEmpty();
    assertThat(SentenceModel.read(plain).prompt(EmbedOptions.DEFAULT)).isEmpty();
  }

  @Test
  void poolingOfNewerFilesIsNamed() throws IOException {
    write("1_Pooling/config.json", "{\"pooling_mode\": [\"mean\", \"max\"]}");
    assertThat(read().stages().getFirst())
        .isEqualTo(new SentenceModel.TokenPooling(List.of(PoolingKind.MEAN, PoolingKind.MAX), true));
    write("1_Pooling/config.json", "{\"word_embedding_dimension\": 8}");
    assertThat(read().stages().getFirst())
        .isEqualTo(new SentenceModel.TokenPooling(List.of(PoolingKind.MEAN), true));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "modules.json | models.Pooling | models.WordWeights | WordWeights",
      "modules.json | sentence_transformers.models.Dense | os.system | os.system",
      "modules.json | 1_Pooling | ../../etc | not a folder beside it",
      "modules.json | 1_Pooling | /etc | not a folder beside it",
      "modules.json | [{ | [[{ | modules.json",
      "2_Dense/config.json | torch.nn.modules.activation.Tanh | mymodule.Tanh | mymodule.Tanh",
      "2_Dense/config.json | 16 | 160000000 | in_features",
      "1_Pooling/config.json | pooling_mode_cls_token | pooling_mode | pooling_mode must be one of",
      "config_sentence_transformers.json | \"query\"} | \"other\"} | 'other'"})
  void whatIsNotKnownIsRefusedByName(String file, String before, String after, String named) throws IOException {
    Path path = folder.resolve(file);
    String text = Files.readString(path);
    assertThat(text).contains(before);
    Files.writeString(path, text.replace(before, after));
    assertThatThrownBy(this::read).isInstanceOf(UserError.class).hasMessageContaining(named)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @Test
  void mutatedFoldersAreReadOrAMistake() throws IOException {
    var random = new Random(11);
    List<String> names = List.of("modules.json", "1_Pooling/config.json", "2_Dense/config.json",
        "sentence_bert_config.json", "config_sentence_transformers.json");
    for (int round = 0; round < 1500; round++) {
      Path path = folder.resolve(names.get(random.nextInt(names.size())));
      byte[] good = Files.readAllBytes(path);
      byte[] bytes = good.clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) "{}[]\",:19ae/.".charAt(random.nextInt(13));
      }
      Files.write(path, bytes);
      try {
        assertThat(read().base()).startsWith(folder);
      } catch (UserError e) {
        assertThat(e.getMessage().lines()).hasSize(1);
      }
      Files.write(path, good);
    }
  }
}
