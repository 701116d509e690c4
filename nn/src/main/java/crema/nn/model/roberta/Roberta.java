package crema.nn.model.roberta;

/** RoBERTa (Liu et al., arXiv 1907.11692). */
public record Roberta() implements RobertaArchitecture {
  @Override
  public String key() {
    return "roberta";
  }

  @Override
  public String className() {
    return "Roberta";
  }

  @Override
  public int defaultVocabSize() {
    return 50_265;
  }
}
