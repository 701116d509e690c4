package crema.nn.model.roberta;

/** CamemBERT, of French (Martin et al., arXiv 1911.03894). */
public record Camembert() implements RobertaArchitecture {
  @Override
  public String key() {
    return "camembert";
  }

  @Override
  public String className() {
    return "Camembert";
  }

  @Override
  public int defaultVocabSize() {
    return 32_005;
  }
}
