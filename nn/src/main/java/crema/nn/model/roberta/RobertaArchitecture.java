package crema.nn.model.roberta;

import crema.nn.Embedding;
import crema.nn.ParameterSource;
import crema.nn.model.FirstTokenHead;
import crema.nn.model.MaskedLanguageHead;
import crema.nn.model.SequenceHead;
import crema.nn.model.SpecialTokens;
import crema.nn.model.TiedDecoderHead;
import crema.nn.model.bert.BertArchitecture;
import crema.nn.model.bert.BertConfig;
import crema.tensor.Activation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What RoBERTa and the models that were trained as it was have in common. */
sealed interface RobertaArchitecture extends BertArchitecture permits Roberta, XlmRoberta, Camembert {
  /** The state-dict keys of the head for masked-language modelling. */
  TiedDecoderHead.Names DECODER =
      new TiedDecoderHead.Names("lm_head.dense", "lm_head.layer_norm", "lm_head.bias");

  /** The size of the vocabulary where the config does not say. */
  int defaultVocabSize();

  @Override
  default BertConfig read(Map<String, ?> json) {
    var values = new LinkedHashMap<String, Object>(json);
    values.putIfAbsent("vocab_size", defaultVocabSize());
    values.putIfAbsent("pad_token_id", 1);
    return BertArchitecture.super.read(values);
  }

  @Override
  default String prefix() {
    return "roberta.";
  }

  @Override
  default @Nullable String rename(String stored) {
    return switch (stored) {
      case "lm_head.decoder.weight" -> null;
      case "lm_head.decoder.bias" -> DECODER.bias();
      default -> BertArchitecture.super.rename(stored);
    };
  }

  @Override
  default Optional<SpecialTokens> specialTokens() {
    return Optional.of(SpecialTokens.ROBERTA);
  }

  @Override
  default int positionPadding(int padTokenId) {
    return padTokenId;
  }

  /** {@code RobertaClassificationHead}: dropout, linear, tanh, dropout, linear. */
  @Override
  default SequenceHead createHead(ParameterSource source, BertConfig config, int numLabels) {
    double dropout = config.classifierDropout();
    var parts = new FirstTokenHead.Parts("classifier.dense", "classifier.out_proj", Activation.TANH, dropout, dropout);
    return new FirstTokenHead(source, parts, config.hiddenSize(), config.initializer(), numLabels);
  }

  @Override
  default MaskedLanguageHead createMaskedLanguageHead(ParameterSource source, BertConfig config,
      Embedding embeddings) {
    return config.decoder(source, DECODER, Activation.GELU, embeddings);
  }
}
