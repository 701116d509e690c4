package crema.nn.model.roberta;

/** XLM-RoBERTa, of a hundred languages (Conneau et al., arXiv 1911.02116); multilingual E5 and BGE-M3 are of its architecture. */
public record XlmRoberta() implements RobertaArchitecture {
  @Override
  public String key() {
    return "xlm-roberta";
  }

  @Override
  public String className() {
    return "XLMRoberta";
  }

  @Override
  public int defaultVocabSize() {
    return 250_002;
  }
}
