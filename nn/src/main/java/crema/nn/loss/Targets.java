package crema.nn.loss;

import java.util.Arrays;
import java.util.Objects;

/**
 * What a batch is to be predicted as: a plain array on the host, which a loss checks against its input. Losses that
 * compute on the host read it as it is; one that is a kernel of a device uploads what it needs.
 */
@SuppressWarnings("ArrayRecordComponent") // carries arrays to losses; targets are never compared
public sealed interface Targets {
  /** The forms of targets; a loss takes at least one of them. */
  enum Form {
    /** {@link Indices}. */
    INDICES,
    /** {@link Nodes}. */
    NODES,
    /** {@link MultiHot}. */
    MULTI_HOT,
    /** {@link Pairs}. */
    PAIRS
  }

  /** The number of rows of the batch. */
  int rows();

  /** The form. */
  Form form();

  /**
   * The targets of some rows, in the order in which they are named.
   *
   * @throws IllegalArgumentException for {@link Pairs}, which are of several rows each
   */
  default Targets rows(int[] some) {
    return switch (this) {
      case Indices(int[] labels) -> new Indices(Arrays.stream(some).map(row -> labels[row]).toArray());
      case Nodes(int[] nodes) -> new Nodes(Arrays.stream(some).map(row -> nodes[row]).toArray());
      case MultiHot(int _, int labels, double[] values) -> {
        var selected = new double[Math.multiplyExact(some.length, labels)];
        for (int i = 0; i < some.length; i++) {
          System.arraycopy(values, some[i] * labels, selected, i * labels, labels);
        }
        yield new MultiHot(some.length, labels, selected);
      }
      case Pairs _ -> throw new IllegalArgumentException("pairs are of several rows each");
    };
  }

  /**
   * One of several exclusive labels a row.
   *
   * @param labels {@code [rows]}: the column of each row's label; rows with a negative one do not count
   */
  record Indices(int[] labels) implements Targets {
    /** Targets of some rows. */
    public static Indices of(int... labels) {
      return new Indices(labels);
    }

    @Override
    public int rows() {
      return labels.length;
    }

    @Override
    public Form form() {
      return Form.INDICES;
    }
  }

  /**
   * One node of a taxonomy a row: the last of its path, whose ancestors the row has too.
   *
   * @param nodes {@code [rows]}: the column of each row's node; rows with a negative one do not count
   */
  record Nodes(int[] nodes) implements Targets {
    /** Targets of some rows. */
    public static Nodes of(int... nodes) {
      return new Nodes(nodes);
    }

    @Override
    public int rows() {
      return nodes.length;
    }

    @Override
    public Form form() {
      return Form.NODES;
    }
  }

  /**
   * Any number of labels a row, each for itself.
   *
   * @param rows the number of rows
   * @param labels the number of labels, which is that of columns
   * @param values {@code [rows, labels]}: how much of each label a row has, from 0 to 1
   */
  record MultiHot(int rows, int labels, double[] values) implements Targets {
    /** Checks the extent. */
    public MultiHot {
      if (values.length != (long) rows * labels) {
        throw new IllegalArgumentException(
            values.length + " values for " + rows + " rows of " + labels + " labels");
      }
    }

    /**
     * Targets of rows that have labels or have them not.
     *
     * @param labels the number of labels
     * @param columns {@code [rows][]}: the columns of each row's labels
     */
    public static MultiHot of(int labels, int[][] columns) {
      var values = new double[Math.multiplyExact(columns.length, labels)];
      for (int row = 0; row < columns.length; row++) {
        for (int column : columns[row]) {
          values[row * labels + column] = 1;
        }
      }
      return new MultiHot(columns.length, labels, values);
    }

    @Override
    public Form form() {
      return Form.MULTI_HOT;
    }
  }

  /**
   * How similar some pairs of rows are.
   *
   * @param rows the number of rows
   * @param first {@code [pairs]}: a row of each pair
   * @param second {@code [pairs]}: the other one
   * @param similarities {@code [pairs]}: from 0, for texts that have nothing in common, to 1
   */
  record Pairs(int rows, int[] first, int[] second, double[] similarities) implements Targets {
    /** Checks that pairs are of the rows. */
    public Pairs {
      if (first.length != second.length || first.length != similarities.length) {
        throw new IllegalArgumentException("pairs of " + first.length + " and " + second.length + " rows with "
            + similarities.length + " similarities");
      }
      for (int pair = 0; pair < first.length; pair++) {
        Objects.checkIndex(first[pair], rows);
        Objects.checkIndex(second[pair], rows);
        if (!(similarities[pair] >= 0 && similarities[pair] <= 1)) {
          throw new IllegalArgumentException("similarity must be from 0 to 1, not " + similarities[pair]);
        }
      }
    }

    @Override
    public Form form() {
      return Form.PAIRS;
    }
  }
}
