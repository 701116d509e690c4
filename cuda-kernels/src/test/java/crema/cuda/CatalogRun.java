package crema.cuda;

import crema.autograd.op.Catalog;
import crema.autograd.op.OpRow;
import crema.autograd.op.Output;
import crema.autograd.op.Row;
import crema.tensor.Backend;
import crema.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * A row of the catalog in one of the precisions of a device.
 *
 * @param mixed whether activations are in BF16
 */
record CatalogRun(Row row, boolean mixed) {
  /** Each row in F32, and the ops of the tape in mixed precision too. */
  static List<CatalogRun> all() {
    var runs = new ArrayList<CatalogRun>();
    for (Row row : Catalog.rows()) {
      runs.add(new CatalogRun(row, false));
      if (row instanceof OpRow op && (op.smooth() || op.large())) {
        runs.add(new CatalogRun(row, true));
      }
    }
    return runs;
  }

  /** {@code bf16 Pool 3, 5}: unique. */
  String name() {
    return (mixed ? "bf16 " : "f32 ") + row.name();
  }

  /** What is right, in F64. */
  List<Output> expected(Backend reference) {
    return row instanceof OpRow op && mixed ? op.runMixed(reference, true) : row.run(reference, DType.F64);
  }

  /** What a device gives. */
  List<Output> actual(Backend backend) {
    return row instanceof OpRow op && mixed ? op.runMixed(backend, false) : row.run(backend, DType.F32);
  }

  /** What it may be off. */
  double tolerance() {
    return mixed ? CatalogCheck.HALF_TOLERANCE : row.tolerance();
  }

  /** Results below this count as zero. */
  double negligible() {
    return mixed ? CatalogCheck.HALF_NEGLIGIBLE : row.negligible();
  }
}
