package crema.nn.model.prenorm;

import crema.nn.InvalidWeightsException;
import crema.nn.Weights;
import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The weights of Crema's own encoder as those of EuroBERT, which lacks some factors. They become part of
 * matrices: rows of the token table are scaled and normalized beforehand, and the γ of a branch multiplies the rows of its
 * last matrix, since γ · (W x) = (diag(γ) W) x.
 */
final class FoldedWeights implements Weights {
  private static final String TABLE = "embed_tokens.weight";
  private static final String TABLE_NORM = "embed_layernorm.weight";
  private static final String NORM = "final_layernorm.weight";
  private static final Pattern LAST_OF_BRANCH =
      Pattern.compile("(?<layer>layers\\.\\d+\\.)(self_attn\\.(?<attention>o)|mlp\\.down)_proj\\.weight");

  private final Weights own;
  private final PreNormConfig config;
  private final Map<String, Shape> shapes = new LinkedHashMap<>();

  FoldedWeights(Weights own, PreNormConfig config) {
    this.own = own;
    this.config = config;
    own.shapes().forEach((name, shape) -> {
      if (!name.equals(TABLE_NORM) && !name.endsWith(".gamma_attn") && !name.endsWith(".gamma_mlp")) {
        shapes.put(name.equals(NORM) ? "norm.weight" : name, shape);
      }
    });
    shapes.computeIfPresent(TABLE, (_, shape) -> Shape.of(shape.extent(0) + 1, shape.extent(1)));
  }

  @Override
  public Map<String, Shape> shapes() {
    return shapes;
  }

  @Override
  public void read(String name, Tensor target) {
    if (target.shape().rank() == 2) {
      readRows(name, 0, target);
    } else {
      own.read(name.equals("norm.weight") ? NORM : name, target);
    }
  }

  @Override
  public void readRows(String name, long firstRow, Tensor rows) {
    if (name.equals(TABLE)) {
      readTable(firstRow, rows);
      return;
    }
    own.readRows(name, firstRow, rows);
    Matcher last = LAST_OF_BRANCH.matcher(name);
    if (last.matches()) {
      scale(last.group("layer") + (last.group("attention") == null ? "gamma_mlp" : "gamma_attn"), firstRow, rows);
    }
  }

  /** Rows of the table; that of padding, the last, is zero. */
  private void readTable(long firstRow, Tensor rows) {
    long count = rows.shape().extent(0);
    long tokens = Math.min(count, config.vocabSize() - firstRow);
    if (tokens < count) {
      rows.backend().ops().pointwise().fill(0, rows);
    }
    if (tokens > 0) {
      try (Tensor known = rows.rows(0, tokens)) {
        own.readRows(TABLE, firstRow, known);
        normalize(known);
      }
    }
  }

  private void normalize(Tensor rows) {
    try (var scope = new Scope(rows.backend())) {
      Tensor weight = vector(TABLE_NORM, scope);
      Tensor scaled = scope.emptyLike(rows);
      rows.backend().ops().pointwise().scale((float) Math.sqrt(config.hiddenSize()), rows, scaled);
      rows.backend().ops().normalization().rmsNorm(scaled, weight, (float) config.rmsNormEps(), rows, null);
    }
  }

  private void scale(String gamma, long firstRow, Tensor rows) {
    try (var scope = new Scope(rows.backend())) {
      float[] factors = vector(gamma, scope).toFloats();
      float[] values = rows.toFloats();
      int columns = (int) rows.shape().columns();
      for (int i = 0; i < values.length; i++) {
        values[i] *= factors[(int) firstRow + i / columns];
      }
      rows.set(values);
    }
  }

  private Tensor vector(String name, Scope scope) {
    Shape shape = own.shapes().get(name);
    if (shape == null) {
      throw new InvalidWeightsException("the weights lack " + name);
    }
    Tensor vector = scope.empty(DType.F32, shape);
    own.read(name, vector);
    return vector;
  }
}
