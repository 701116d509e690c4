package crema.nn.model.electra;

import crema.nn.Embedding;
import crema.nn.ParameterSource;
import crema.nn.model.ConfigValues;
import crema.nn.model.FirstTokenHead;
import crema.nn.model.MaskedLanguageHead;
import crema.nn.model.OriginalMlp;
import crema.nn.model.SequenceHead;
import crema.nn.model.SpecialTokens;
import crema.nn.model.TiedDecoderHead;
import crema.nn.model.bert.BertArchitecture;
import crema.nn.model.bert.BertConfig;
import crema.tensor.Activation;
import crema.tensor.Pooling;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** ELECTRA, the discriminator and the generator (Clark et al., arXiv 2003.10555). */
public record Electra() implements BertArchitecture {
  private static final String DENSE = "classifier.dense";
  private static final String OUTPUT = "classifier.out_proj";
  private static final TiedDecoderHead.Names DECODER = new TiedDecoderHead.Names("generator_predictions.dense",
      "generator_predictions.LayerNorm", "generator_lm_head.bias");

  @Override
  public String key() {
    return "electra";
  }

  @Override
  public String className() {
    return "Electra";
  }

  @Override
  public String prefix() {
    return "electra.";
  }

  @Override
  public @Nullable String rename(String stored) {
    return stored.equals("generator_lm_head.weight") ? null : BertArchitecture.super.rename(stored);
  }

  @Override
  public Optional<SpecialTokens> specialTokens() {
    return Optional.of(SpecialTokens.BERT);
  }

  @Override
  public int embeddingSize(Map<String, ?> json, int hiddenSize) {
    return new ConfigValues(json).integer("embedding_size", hiddenSize);
  }

  /** {@code ElectraClassificationHead}: dropout, linear, GELU, dropout, linear. */
  @Override
  public SequenceHead createHead(ParameterSource source, BertConfig config, int numLabels) {
    double dropout = config.classifierDropout();
    var parts = new FirstTokenHead.Parts(DENSE, OUTPUT, Activation.GELU, dropout, dropout);
    return new FirstTokenHead(source, parts, config.hiddenSize(), config.initializer(), numLabels);
  }

  @Override
  public Optional<OriginalMlp> originalMlp(BertConfig config, Pooling pooling) {
    return pooling == Pooling.FIRST ? Optional.of(new OriginalMlp(config, DENSE, OUTPUT)) : Optional.empty();
  }

  /** The generator's. */
  @Override
  public MaskedLanguageHead createMaskedLanguageHead(ParameterSource source, BertConfig config,
      Embedding embeddings) {
    return config.decoder(source, DECODER, Activation.GELU, embeddings);
  }
}
