package crema.family.neighbours;

import crema.embed.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is known of categories: their names, and the mean of their items. A category is added at the end.
 *
 * @param names one a category, as labels have them
 * @param ofNames the vectors of the names, of length 1 or 0
 * @param means of the vectors of each category's items; zeros where it has none
 * @param counts how many items each has
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Categories(List<String> names, Vectors ofNames, Vectors means, int[] counts) {
  Categories {
    names = List.copyOf(names);
    if (ofNames.count() != names.size() || means.count() != names.size() || counts.length != names.size()
        || ofNames.size() != means.size()) {
      throw new IllegalArgumentException(ofNames + ", " + means + " and " + counts.length + " counts for "
          + names.size() + " categories");
    }
  }

  /** Those of some items, whose weights count in the means. */
  static Categories of(List<String> names, Vectors ofNames, Items items) {
    int size = ofNames.size();
    var sums = new double[names.size() * size];
    var counts = new int[names.size()];
    var weights = new double[names.size()];
    for (int item = 0; item < items.count(); item++) {
      float[] vector = items.vectors().row(item);
      for (int at = items.labels().starts()[item]; at < items.labels().starts()[item + 1]; at++) {
        int category = items.labels().categories()[at];
        counts[category]++;
        weights[category] += items.weights()[item];
        for (int i = 0; i < size; i++) {
          sums[category * size + i] += items.weights()[item] * vector[i];
        }
      }
    }
    var means = new float[sums.length];
    for (int i = 0; i < means.length; i++) {
      means[i] = (float) (weights[i / size] == 0 ? 0 : sums[i] / weights[i / size]);
    }
    return new Categories(names, ofNames, new Vectors(size, means), counts);
  }

  /** How many. */
  int count() {
    return names.size();
  }

  /** The first of them. */
  Categories first(int number) {
    int[] rows = rows(number);
    return number == count() ? this
        : new Categories(names.subList(0, number), new Vectors(ofNames.size(), ofNames.rows(rows)),
            new Vectors(means.size(), means.rows(rows)), Arrays.copyOf(counts, number));
  }

  private static int[] rows(int number) {
    var rows = new int[number];
    Arrays.setAll(rows, row -> row);
    return rows;
  }

  /** The vectors of the names, {@code [count, size]}. */
  float[] nameVectors() {
    return ofNames.rows(rows(count()));
  }

  /** The means of the items, scaled to length 1, {@code [count, size]}. */
  float[] itemVectors() {
    float[] values = means.rows(rows(count()));
    for (int category = 0; category < count(); category++) {
      UnitLength.scale(values, category * means.size(), means.size());
    }
    return values;
  }

  /**
   * The vectors of the categories, {@code [count, size]}: of the vector of its name and the mean of its items' vectors,
   * both of length 1, the weighted mean, scaled to length 1. A category without items has the vector of its name.
   *
   * @param nameWeight the weight of the name; that of the items is 1 less it
   */
  float[] vectors(double nameWeight) {
    int size = means.size();
    float[] values = itemVectors();
    float[] named = nameVectors();
    for (int category = 0; category < count(); category++) {
      for (int i = category * size; i < (category + 1) * size; i++) {
        values[i] = counts[category] == 0 ? named[i]
            : (float) (nameWeight * named[i] + (1 - nameWeight) * values[i]);
      }
      UnitLength.scale(values, category * size, size);
    }
    return values;
  }

  /**
   * These and one more.
   *
   * @param nameVector of its name
   * @param items the vectors of its items
   */
  Categories and(String name, float[] nameVector, Vectors items) {
    int size = means.size();
    var mean = new double[size];
    for (int item = 0; item < items.count(); item++) {
      for (int i = 0; i < size; i++) {
        mean[i] += items.value(item, i);
      }
    }
    var longerNames = new ArrayList<>(names);
    longerNames.add(name);
    float[] longerMeans = Arrays.copyOf(means.rows(rows(count())), (count() + 1) * size);
    for (int i = 0; i < size; i++) {
      longerMeans[count() * size + i] = (float) (mean[i] / Math.max(1, items.count()));
    }
    float[] longerOfNames = Arrays.copyOf(nameVectors(), (count() + 1) * size);
    System.arraycopy(nameVector, 0, longerOfNames, count() * size, size);
    int[] longerCounts = Arrays.copyOf(counts, count() + 1);
    longerCounts[count()] = items.count();
    return new Categories(longerNames, new Vectors(size, longerOfNames), new Vectors(size, longerMeans),
        longerCounts);
  }
}
