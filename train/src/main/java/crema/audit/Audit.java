package crema.audit;

import crema.base.UserError;
import crema.classify.TrainingListener;
import crema.data.LabelSet;
import crema.embed.Vectors;
import crema.linear.SparseMatrix;
import crema.run.LookAlikes;
import crema.task.TargetKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What an audit of rows found.
 *
 * @param rows the rows
 * @param ranking all rows with labels, those whose labels are the least probable first; at the end those that cannot be
 *     judged
 * @param conflicts rows with nearly the same text and other labels, the most similar first
 * @param overlaps labels that are taken for each other, those with the largest share first
 * @param lookAlikes groups of labels whose names differ in white space, case or composition alone
 * @param next rows without labels that are worth one, in the order in which to label them
 */
public record Audit(AuditRows rows, List<Judgement> ranking, List<Conflict> conflicts, List<LabelOverlap> overlaps,
    List<List<String>> lookAlikes, List<NextRow> next) {
  private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}]+");
  /** Of a row, so many others are looked at for one with other labels. */
  private static final int NEIGHBOURS = 8;
  /** A pair of labels of fewer rows is not told of. */
  private static final int FEWEST_CONFUSED = 2;
  /** Of the most uncertain rows, so many times those that are wanted are chosen from. */
  private static final int CANDIDATES = 20;

  /** Copies the lists. */
  public Audit {
    ranking = List.copyOf(ranking);
    conflicts = List.copyOf(conflicts);
    overlaps = List.copyOf(overlaps);
    lookAlikes = List.copyOf(lookAlikes);
    next = List.copyOf(next);
  }

  /**
   * Audits rows.
   *
   * @param listener is notified of stages and progress
   * @throws crema.base.UserError when there are too few rows, or the texts have nothing to compare
   */
  public static Audit of(AuditRows rows, AuditOptions options, TrainingListener listener) {
    if (!OutOfFold.canJudge(rows, options.folds())) {
      throw new UserError(String.format(Locale.ROOT,
          "an audit judges rows by models of the others: %d folds need at least %d rows with labels, ",
          options.folds(), OutOfFold.fewestRows(options.folds()))
          + String.format(Locale.ROOT,
              "and there are %d; give more rows%s", rows.labelled().size(), options.folds() > 2 ? ", "
                  + "or fewer --folds" : ""));
    }
    listener.stage("Comparing texts");
    List<String> texts = rows.labelled().stream().map(AuditRow::text).toList();
    TermVectors terms = TermVectors.fit(
        Stream.concat(texts.stream(), rows.unlabelled().stream().map(AuditRow::text)).toList(), rows.labels().size());
    SparseMatrix features = terms.of(texts);
    listener.stage("Judging rows by models of the others");
    var outOfFold = new OutOfFold(rows, features, options);
    RowScores[] scores = outOfFold.scores(listener);
    List<Judgement> ranking = outOfFold.judgements(scores).stream()
        .sorted(Comparator.comparing((Judgement row) -> !row.isJudged()).thenComparingDouble(Judgement::confidence))
        .toList();
    listener.stage("Comparing rows with each other");
    List<Conflict> conflicts = conflicts(rows, features, options, listener);
    List<NextRow> next = List.of();
    if (!rows.unlabelled().isEmpty() && options.next() > 0) {
      listener.stage("Choosing what to label next");
      next = next(rows, terms, outOfFold, options);
    }
    return new Audit(rows, ranking, conflicts, overlaps(rows, scores), LookAlikes.groups(rows.labels().names()), next);
  }

  /** The rows whose labels are probably wrong, the least probable first. */
  public List<Judgement> doubtful() {
    return ranking.stream().filter(Judgement::isDoubtful).toList();
  }

  /** How many rows cannot be judged, because no other row has their label. */
  public long unjudged() {
    return ranking.stream().filter(row -> !row.isJudged()).count();
  }

  /** Rows of the same text, of which the first has the labels that most of them have. */
  private static List<List<AuditRow>> sameTexts(AuditRows rows) {
    Map<String, List<AuditRow>> same = new LinkedHashMap<>();
    for (AuditRow row : rows.labelled()) {
      String plain = BLANKS.matcher(row.text()).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
      same.computeIfAbsent(plain, _ -> new ArrayList<>()).add(row);
    }
    for (List<AuditRow> group : same.values()) {
      Map<List<String>, Integer> counts = new HashMap<>();
      group.forEach(row -> counts.merge(labels(row), 1, Integer::sum));
      group.sort(Comparator.comparingInt(row -> -counts.getOrDefault(labels(row), 0)));
    }
    return List.copyOf(same.values());
  }

  private static List<String> labels(AuditRow row) {
    return row.row().labels().stream().sorted().toList();
  }

  private static List<Conflict> conflicts(AuditRows rows, SparseMatrix features, AuditOptions options,
      TrainingListener listener) {
    Map<AuditRow, Integer> places = new HashMap<>();
    rows.labelled().forEach(row -> places.put(row, places.size()));
    var conflicts = new ArrayList<Conflict>();
    List<List<AuditRow>> texts = sameTexts(rows);
    for (List<AuditRow> same : texts) {
      for (AuditRow other : same) {
        if (!labels(other).equals(labels(same.getFirst()))) {
          conflicts.add(new Conflict(same.getFirst(), other, 1));
        }
      }
    }
    SparseMatrix different =
        features.rows(texts.stream().mapToInt(same -> places.getOrDefault(same.getFirst(), -1)).toArray());
    try (var search = new NearRows(different, options.threads())) {
      List<List<NearRows.Near>> near = search.nearest(different, NEIGHBOURS, listener);
      for (int text = 0; text < near.size(); text++) {
        AuditRow row = texts.get(text).getFirst();
        for (NearRows.Near other : near.get(text)) {
          AuditRow second = texts.get(other.row()).getFirst();
          // Of two rows that find each other, the earlier one tells.
          boolean isFirst = other.row() > text || near.get(other.row()).stream().noneMatch(finding(text));
          if (other.row() != text && isFirst && other.similarity() >= options.similarity()
              && !labels(second).equals(labels(row))) {
            conflicts.add(new Conflict(row, second, Math.min(1, other.similarity())));
          }
        }
      }
    }
    conflicts.sort(Comparator.comparingDouble((Conflict conflict) -> -conflict.similarity()));
    return conflicts;
  }

  private static Predicate<NearRows.Near> finding(int row) {
    return near -> near.row() == row;
  }

  private static List<LabelOverlap> overlaps(AuditRows rows, RowScores[] scores) {
    Map<Map.Entry<Integer, Integer>, Integer> taken = new HashMap<>();
    for (RowScores row : scores) {
      boolean isMistaken = row.isJudged() && row.others().length > 0 && row.given().length > 0;
      for (int i = 0; isMistaken && i < row.given().length; i++) {
        if (row.ofOthers()[0] > row.ofGiven()[i]
            && (rows.kind() != TargetKind.MULTI || row.ofOthers()[0] >= 0.5 && row.ofGiven()[i] < 0.5)) {
          taken.merge(Map.entry(row.given()[i], row.others()[0]), 1, Integer::sum);
        }
      }
    }
    LabelSet labels = rows.labels();
    return taken.keySet().stream()
        .map(pair -> pair.getKey() < pair.getValue() ? pair : Map.entry(pair.getValue(), pair.getKey())).distinct()
        .map(pair -> {
          int there = taken.getOrDefault(pair, 0);
          int back = taken.getOrDefault(Map.entry(pair.getValue(), pair.getKey()), 0);
          return new LabelOverlap(labels.name(pair.getKey()), labels.name(pair.getValue()), there, back,
              (double) (there + back) / (labels.count(pair.getKey()) + labels.count(pair.getValue())));
        })
        .filter(overlap -> overlap.count() >= FEWEST_CONFUSED)
        .sorted(Comparator.comparingDouble((LabelOverlap overlap) -> -overlap.share())
            .thenComparing(LabelOverlap::first).thenComparing(LabelOverlap::second))
        .toList();
  }

  private static List<NextRow> next(AuditRows rows, TermVectors terms, OutOfFold outOfFold, AuditOptions options) {
    SparseMatrix features = terms.of(rows.unlabelled().stream().map(AuditRow::text).toList());
    float[][] probabilities = outOfFold.probabilitiesOf(features);
    List<NextRow> candidates = new ArrayList<>();
    for (int row = 0; row < probabilities.length; row++) {
      candidates.add(next(rows, rows.unlabelled().get(row), probabilities[row]));
    }
    int[] order = IntStream.range(0, candidates.size()).boxed()
        .sorted(Comparator.comparingDouble(row -> -candidates.get(row).uncertainty()))
        .limit((long) CANDIDATES * options.next()).mapToInt(Integer::intValue).toArray();
    return Arrays.stream(diverse(candidates, order, TermVectors.sketches(features), options.next()))
        .mapToObj(candidates::get).toList();
  }

  private static NextRow next(AuditRows rows, AuditRow row, float[] probabilities) {
    int[] best = IntStream.range(0, probabilities.length).boxed()
        .sorted(Comparator.comparingDouble(label -> -probabilities[label])).limit(2).mapToInt(Integer::intValue)
        .toArray();
    double uncertainty = 1 - (probabilities[best[0]] - probabilities[best[1]]);
    if (rows.kind() == TargetKind.MULTI) {
      uncertainty = 0;
      for (float probability : probabilities) {
        uncertainty = Math.max(uncertainty, 1 - Math.abs(2 * probability - 1));
      }
    }
    return new NextRow(row, uncertainty, rows.labels().name(best[0]), probabilities[best[0]]);
  }

  /**
   * Chooses rows one after the other: the one for which uncertainty, times how different it is from the most similar of
   * those that were chosen before, is greatest.
   *
   * @param order the candidates, the most uncertain first
   */
  private static int[] diverse(List<NextRow> rows, int[] order, Vectors sketches, int count) {
    var chosen = new int[Math.min(count, order.length)];
    var similarity = new double[order.length];
    var isChosen = new boolean[order.length];
    float[][] vectors = Arrays.stream(order).mapToObj(sketches::row).toArray(float[][]::new);
    double[] lengths = Arrays.stream(vectors).mapToDouble(vector -> Math.sqrt(dot(vector, vector))).toArray();
    for (int i = 0; i < chosen.length; i++) {
      int best = -1;
      double most = -1;
      for (int at = 0; at < order.length; at++) {
        double value = rows.get(order[at]).uncertainty() * (1 - similarity[at]);
        if (!isChosen[at] && value > most) {
          best = at;
          most = value;
        }
      }
      chosen[i] = order[best];
      isChosen[best] = true;
      for (int at = 0; at < order.length; at++) {
        double lengthsOfBoth = lengths[at] * lengths[best];
        double cosine = lengthsOfBoth == 0 ? 0 : dot(vectors[at], vectors[best]) / lengthsOfBoth;
        similarity[at] = Math.max(similarity[at], Math.min(1, cosine));
      }
    }
    return chosen;
  }

  private static double dot(float[] left, float[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += (double) left[i] * right[i];
    }
    return sum;
  }
}
