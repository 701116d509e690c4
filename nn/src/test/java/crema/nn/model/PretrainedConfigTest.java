package crema.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.autograd.Tape;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Pooling;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a {@code config.json} and a state dict of Hugging Face's mean, and which are refused. */
class PretrainedConfigTest {
  private static TextEncoderConfig read(Map<String, ?> json) {
    return Architecture.ofModel(json).read(json);
  }

  @Test
  void anArchitectureThatIsNotKnownIsRefusedWithThoseThatAre() {
    assertThatThrownBy(() -> read(Map.of("model_type", "gpt2"))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("model_type must be one of bert, camembert, ", "qwen3, roberta, xlm-roberta",
            "'gpt2'");
    assertThatThrownBy(() -> read(Map.of())).hasMessageContaining("lacks model_type");
  }

  @ParameterizedTest
  @CsvSource({"bert, position_embedding_type, relative_key", "bert, hidden_act, quick_gelu",
      "bert, hidden_size, 100", "roberta, max_position_embeddings, 2", "qwen3, use_sliding_window, true",
      "qwen3, head_dim, 3", "nomic_bert, prenorm, true", "nomic_bert, activation_function, gelu",
      "nomic_bert, rotary_emb_fraction, 0.5", "distilbert, n_heads, 5", "electra, embedding_size, 0",
      "deberta-v2, conv_kernel_size, 3",
      "deberta-v2, position_biased_input, true", "deberta-v2, pos_att_type, c2c",
      "mpnet, relative_attention_num_buckets, 16", "modernbert, classifier_pooling, max",
      "modernbert, num_attention_heads, 5"})
  void whatIsNotComputedIsRefusedByItsKey(String type, String key, String value) {
    Object typed = value.matches("[0-9]+") ? (Object) Integer.valueOf(value)
        : value.matches("[0-9.]+") ? (Object) Double.valueOf(value)
            : value.equals("true") ? (Object) true : value;
    assertThatThrownBy(() -> read(Map.of("model_type", type, key, typed)))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(key).hasMessageContaining(value);
  }

  @ParameterizedTest
  @CsvSource({"bert, 512, 512", "distilbert, 512, 512", "electra, 512, 512", "roberta, 514, 512",
      "xlm-roberta, 514, 512", "camembert, 514, 512", "qwen3, 32768, 32768", "mpnet, 514, 512",
      "deberta-v2, 512, 512", "modernbert, 8192, 8192"})
  void aModelTakesAsManyTokensAsItsPositionsAllow(String type, int positions, int tokens) {
    assertThat(read(Map.of("model_type", type, "max_position_embeddings", positions)).maxTokens()).isEqualTo(tokens);
  }

  @Test
  void oneTokenMoreThanAModelTakesIsAClearError() {
    Map<String, ?> json = Map.of("model_type", "roberta", "vocab_size", 9, "hidden_size", 4, "num_hidden_layers", 1,
        "num_attention_heads", 1, "intermediate_size", 3, "max_position_embeddings", 7, "type_vocab_size", 1);
    try (var backend = Backend.open(Device.CPU);
        var encoder = read(json).create(ParameterSource.random(backend, 1));
        var scope = new Scope(backend)) {
      var ids = scope.ints(new int[] {0, 4, 5, 6, 7, 2}, 6);
      assertThatThrownBy(() -> encoder.forward(Tape.inference(scope), ids, Sequences.of(scope, 0, 6)))
          .hasMessage("a sequence of 6 tokens is longer than 5, which is all that roberta of this shape takes");
      var longest = encoder.forward(Tape.inference(scope), ids.rows(0, 5), Sequences.of(scope, 0, 5));
      assertThat(longest.value().toFloats()).hasSize(20).doesNotContain(Float.NaN);
    }
  }

  @Test
  void aCausalModelIsPooledAtItsLastTokenAndOthersOverAll() {
    assertThat(read(Map.of("model_type", "qwen3")).pooling()).isEqualTo(Pooling.LAST);
    assertThat(read(Map.of("model_type", "bert")).pooling()).isEqualTo(Pooling.MEAN);
    assertThat(Architecture.ofModel(Map.of("model_type", "qwen3")).specialTokens().orElseThrow().after())
        .containsExactly("<|endoftext|>");
  }

  /** Qwen3-Embedding-0.6B, whose published count this is. */
  @Test
  void theParametersOfAQwen3AreThePublishedOnes() {
    var config = read(Map.of("model_type", "qwen3", "vocab_size", 151_669, "hidden_size", 1024, "intermediate_size",
        3072, "num_hidden_layers", 28, "num_attention_heads", 16, "num_key_value_heads", 8, "head_dim", 128));
    var counted = new long[1];
    var one = read(new LinkedHashMap<>(Map.of("model_type", "qwen3", "vocab_size", 1, "hidden_size", 1024,
        "intermediate_size", 3072, "num_hidden_layers", 1, "num_attention_heads", 16, "num_key_value_heads", 8)));
    try (var backend = Backend.open(Device.CPU); var encoder = one.create(ParameterSource.undefined(backend))) {
      long embedding = encoder.tokenEmbeddings().weight().value().elements();
      long layer = encoder.layers().getFirst().parameterCount();
      counted[0] = encoder.parameterCount() + (config.vocabSize() - 1) * embedding + 27 * layer;
    }
    assertThat(counted[0]).isEqualTo(595_776_512L);
  }

  @Test
  void aStateDictIsReadWithItsPrefixAndWithout() {
    Architecture bert = Architecture.ofModel(Map.of("model_type", "bert"));
    try (var backend = Backend.open(Device.CPU); var scope = new Scope(backend)) {
      assertThat(names(bert, scope, "bert.encoder.x.weight", "classifier.weight", "bert.embeddings.position_ids",
          "cls.predictions.decoder.weight", "cls.predictions.decoder.bias", "cls.predictions.bias"))
          .containsExactly("bert.encoder.x.weight", "classifier.weight", "cls.predictions.bias");
      assertThat(names(bert, scope, "encoder.x.LayerNorm.gamma", "encoder.x.LayerNorm.beta", "pooler.dense.weight"))
          .containsExactly("bert.encoder.x.LayerNorm.weight", "bert.encoder.x.LayerNorm.bias",
              "bert.pooler.dense.weight");
    }
  }

  private static List<String> names(Architecture architecture, Scope scope, String... stored) {
    var tensors = new LinkedHashMap<String, Tensor>();
    for (int i = 0; i < stored.length; i++) {
      tensors.put(stored[i], scope.empty(DType.F32, 1).set((float) i));
    }
    Weights canonical = architecture.canonical(Weights.of(tensors));
    canonical.shapes().keySet().forEach(name -> canonical.read(name, scope.empty(DType.F32, 1)));
    return List.copyOf(canonical.shapes().keySet());
  }
}
