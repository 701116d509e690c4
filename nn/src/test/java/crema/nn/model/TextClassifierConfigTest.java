package crema.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.nn.model.prenorm.PreNormConfig;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class TextClassifierConfigTest {
  @Test
  void defaultsAreTheReferences() {
    var config = TextClassifierConfig.defaults(32000, 6);
    assertThat(config.encoder())
        .isEqualTo(new PreNormConfig(32000, 384, 10, 6, 2, 1536, 512, 1e6, 1e-6, 0, 0.1, 1e-2, 0.02));
    assertThat(config.head()).isEqualTo(new HeadConfig(HeadConfig.Kind.MLP, 384, 0.1, true));
    assertThat(config.bagSize()).isZero();
  }

  @Test
  void aConfigSurvivesJson() {
    var config = TextClassifierConfig.of(Map.of("vocab_size", 100, "num_labels", 3, "hidden_size", 64,
        "num_attention_heads", 4, "head", "residual", "head_hidden_size", 17, "dropout", 0.25, "bag_size", 12));
    String json = JsonMapper.shared().writeValueAsString(config.toMap());
    assertThat(TextClassifierConfig.of(JsonMapper.shared().readValue(json, Map.class))).isEqualTo(config);
    assertThat(config.head().residual()).isFalse();
  }

  @Test
  void dropPathRisesLinearly() {
    var config = PreNormConfig.of(Map.of("vocab_size", 2, "num_hidden_layers", 5, "max_drop_path", 0.2));
    assertThat(config.dropPath(0)).isZero();
    assertThat(config.dropPath(1)).isEqualTo(0.05f);
    assertThat(config.dropPath(4)).isEqualTo(0.2f);
    assertThat(PreNormConfig.of(Map.of("vocab_size", 2, "num_hidden_layers", 1)).dropPath(0)).isZero();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "{}|the model's config lacks vocab_size",
      "{\"vocab_size\": 9}|the model's config lacks num_labels",
      "{\"vocab_size\": 1.5}|vocab_size must be a whole number, not 1.5",
      "{\"vocab_size\": 3e9}|vocab_size must be a whole number, not 3.0E9",
      "{\"vocab_size\": 0}|vocab_size must be positive, not 0",
      "{\"vocab_size\": 9, \"dropout\": \"a\"}|dropout must be a number, not a",
      "{\"vocab_size\": 9, \"dropout\": 1}|dropout must be in [0, 1), not 1",
      "{\"vocab_size\": 9, \"num_attention_heads\": 7}|hidden_size 384 does not give 7 attention heads an even number",
      "{\"vocab_size\": 9, \"num_attention_heads\": 128}|hidden_size 384 does not give 128 attention heads an even",
      "{\"vocab_size\": 9, \"num_key_value_heads\": 4}|num_key_value_heads 4 does not divide num_attention_heads 6",
      "{\"vocab_size\": 9, \"num_labels\": 2, \"bag_size\": -1}|bag_size must not be negative, but is -1",
      "{\"vocab_size\": 9, \"num_labels\": 2, \"head\": \"mpl\"}|head must be one of mlp, residual, linear, normalized, cosine, original, not 'mpl'",
      "{\"vocab_size\": 9, \"num_labels\": 2, \"head_dropout\": -1}|head_dropout must be in [0, 1), not -1",
      "{\"vocab_size\": 9, \"num_labels\": 2, \"head\": \"residual\", \"head_hidden_size\": 8, \"head_residual\": true}"
          + "|head_residual needs a head_hidden_size of 384"})
  void whatCannotBeSaysWhichKeyIsWrong(String json, String message) {
    Map<String, Object> values = new HashMap<>();
    JsonMapper.shared().readValue(json, Map.class).forEach((key, value) -> values.put((String) key, value));
    assertThatThrownBy(() -> TextClassifierConfig.of(values)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void theNameOfHuggingFaceForTheFeedForwardSizeIsReadToo() {
    assertThat(PreNormConfig.of(Map.of("vocab_size", 2, "intermediate_size", 77)).ffnHiddenSize()).isEqualTo(77);
    assertThat(PreNormConfig.of(Map.of("vocab_size", 2, "ffn_hidden_size", 78, "intermediate_size", 77))
        .ffnHiddenSize()).isEqualTo(78);
    assertThatThrownBy(() -> PreNormConfig.of(Map.of("vocab_size", 2, "intermediate_size", 1.5)))
        .hasMessage("intermediate_size must be a whole number, not 1.5");
  }

  @Test
  void theArchitectureIsReadFromTheConfig() {
    Map<String, Object> json = new LinkedHashMap<>(TextClassifierConfig.defaults(10, 3).toMap());
    assertThat(json).doesNotContainKey(Architecture.KEY);
    json.put(Architecture.KEY, "crema-encoder");
    assertThat(TextClassifierConfig.of(json)).isEqualTo(TextClassifierConfig.defaults(10, 3));
    json.put(Architecture.KEY, "no-such");
    assertThatThrownBy(() -> TextClassifierConfig.of(json)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("encoder_type must be one of .*bert, crema-encoder.*, not 'no-such'");
  }
}
