package crema.tokenizer;

import java.util.List;

/**
 * Which ids the pieces of a SentencePiece model have. Models that were trained with fairseq have special tokens in front, and
 * their pieces after these.
 */
public enum PieceOrder {
  /** As they are stored. */
  STORED(List.of(), 0, ""),
  /** XLM-RoBERTa's, and of models that were made of it. */
  XLM_ROBERTA(List.of("<s>", "<pad>", "</s>", "<unk>"), 3, "<unk>"),
  /** CamemBERT's, in which the pieces keep {@code <s>} and {@code </s>}. */
  CAMEMBERT(List.of("<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>"), 0, "<unk>NOTUSED");

  /** What is behind the pieces, where there is something in front. */
  static final String MASK = "<mask>";

  private final List<String> front;
  private final int dropped;
  private final String unknown;

  /**
   * An order.
   *
   * @param front the tokens in front
   * @param dropped how many of the first pieces they stand for
   * @param unknown what the unknown piece is called where it stays among the pieces
   */
  PieceOrder(List<String> front, int dropped, String unknown) {
    this.front = front;
    this.dropped = dropped;
    this.unknown = unknown;
  }

  List<String> front() {
    return front;
  }

  int dropped() {
    return dropped;
  }

  String unknown() {
    return unknown;
  }
}
