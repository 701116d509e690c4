package crema.nn.model.fusion;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import java.util.List;

/** Makes one vector of the vectors of a text and of a picture. */
public abstract sealed class Fusion extends Module permits ConcatenatedFusion, GatedFusion, CrossAttentionFusion {
  Fusion() {}

  /**
   * A fusion of a kind.
   *
   * @param width features of both vectors, and of the one that comes out
   * @param least the least share of a modality in a {@link GatedFusion}
   */
  static Fusion create(FusionKind kind, ParameterSource source, int width, double least) {
    return switch (kind) {
      case CONCAT -> new ConcatenatedFusion(source, width);
      case GATE -> new GatedFusion(source, width, least);
      case ATTENTION -> new CrossAttentionFusion(source, width);
    };
  }

  /**
   * One vector a row, {@code [rows, width]}.
   *
   * @param text {@code [rows, width]}
   * @param picture {@code [rows, width]}
   */
  public abstract Variable forward(Tape tape, Variable text, Variable picture);

  /** The layers that read vectors of texts. */
  abstract List<Linear> ofTexts();

  /** The layers that read vectors of pictures. */
  abstract List<Linear> ofPictures();
}
