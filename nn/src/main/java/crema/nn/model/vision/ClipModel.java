package crema.nn.model.vision;

import crema.autograd.Variable;
import crema.nn.Initializer;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.Weights;

/**
 * Both towers of CLIP, whose vectors of pictures and texts are compared by their cosine. State-dict keys are those of
 * Hugging Face's {@code CLIPModel}.
 */
public final class ClipModel extends Module {
  /** The logarithm of 1 / 0.07, at which the original's training starts. */
  private static final double FIRST_SCALE = 2.6592;

  private final VisionTower vision;
  private final ClipTextTower text;
  private final Variable scale;

  /** Towers whose parameters come from a source. */
  public ClipModel(ParameterSource source, ClipConfig config) {
    vision = inline(config.vision().create(source));
    text = inline(config.text().create(source));
    scale = parameter("logit_scale", source.create(new Initializer.Constant(FIRST_SCALE)));
  }

  /** A stored state dict without the buffers that nothing is computed with. */
  public static Weights canonical(Weights stored) {
    return stored.renamed(name -> name.endsWith("position_ids") ? null : name);
  }

  /** Makes vectors of pictures. */
  public VisionTower vision() {
    return vision;
  }

  /** Makes vectors of texts. */
  public ClipTextTower text() {
    return text;
  }

  /** What cosines of vectors are multiplied with before a softmax over texts: the inverse of the temperature. */
  public double scale() {
    return Math.exp(scale.value().reshape(1).item());
  }
}
