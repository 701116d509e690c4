package crema.pretrained;

import crema.base.UserError;
import crema.nn.model.Architecture;
import crema.nn.model.SpecialTokens;
import crema.tokenizer.PieceOrder;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The files that a folder may have its tokenizer in, the preferred first. */
final class TokenizerFiles {
  private static final List<String> NAMES = List.of("tokenizer.json", "vocab.txt", "sentencepiece.bpe.model",
      "spiece.model", "spm.model", "sentencepiece.model", "tokenizer.model");

  private TokenizerFiles() {}

  /**
   * Loads the tokenizer of a folder.
   *
   * @throws UserError when there is none, or it lacks the special tokens that the architecture needs
   */
  static Tokenizer load(Path folder, Architecture architecture) throws IOException {
    Path file = NAMES.stream().map(folder::resolve).filter(Files::exists).findFirst()
        .orElseThrow(
            () -> new UserError(folder + " has no tokenizer, without which texts cannot be read: it should have "
                + "one of " + String.join(", ", NAMES)));
    if (!file.toString().endsWith(".model")) {
      return Tokenizer.load(file);
    }
    // SentencePiece knows nothing of the tokens around a text, and fairseq numbers its pieces otherwise.
    Tokenizer pieces = Tokenizer.loadSentencePiece(file, switch (architecture.key()) {
      case "xlm-roberta" -> PieceOrder.XLM_ROBERTA;
      case "camembert" -> PieceOrder.CAMEMBERT;
      default -> PieceOrder.STORED;
    });
    Optional<SpecialTokens> specials = architecture.specialTokens();
    if (specials.isEmpty()) {
      return pieces;
    }
    try {
      return pieces.withSpecialTokens(specials.get().before(), specials.get().between(), specials.get().after());
    } catch (IllegalArgumentException e) {
      throw new UserError(file + ": " + e.getMessage() + ", which " + architecture.key() + " needs", e);
    }
  }
}
