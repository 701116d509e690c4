package crema.audit;

import crema.audit.WrongAnswer.Group;
import crema.audit.WrongAnswer.NearRow;
import crema.base.Forest;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.TrainingListener;
import crema.classify.WatchedItems;
import crema.data.KnownLabels;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.linear.SparseMatrix;
import crema.metrics.ScoreMatrix;
import crema.run.DataSettings;
import crema.run.LabelledTest;
import crema.run.UnreadPictures;
import crema.settings.Settings;
import crema.task.MultiLabelTarget;
import crema.task.Target;
import crema.task.TaxonomyTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The wrong answers of a model, in groups.
 *
 * @param rows how many rows were answered
 * @param unanswered how many of them the model gave no label, which are not counted as wrong where a row has one label
 * @param wrong the wrong answers, by group, in each the surest first
 */
public record ErrorAnalysis(int rows, int unanswered, List<WrongAnswer> wrong) {
  private static final int BATCH = 256;
  /** Of the most probable labels, those that are not far off where labels have no tree. */
  private static final int NOT_FAR = 2;

  /** Copies the list. */
  public ErrorAnalysis {
    wrong = List.copyOf(wrong);
  }

  /**
   * Answers rows and looks at what is wrong.
   *
   * @param settings of data, whose training files are the rows, and labels
   * @param training files of rows that are shown beside the wrong ones; none to show none
   * @param nearest how many of them for each row
   * @param threads for their search
   * @throws UserError when no row can be used
   */
  public static ErrorAnalysis of(Classifier classifier, Settings settings, List<String> training, int nearest,
      int threads,
      TrainingListener listener) {
    listener.stage("Reading the data");
    var problems = new ProblemLog();
    ProblemListener reporter = new DataSettings(settings).isStrict() ? ProblemListener.STRICT : problems;
    List<AuditRow> rows = new ArrayList<>();
    List<int[]> truth = new ArrayList<>();
    int read = 0;
    try {
      var known = new KnownLabels(classifier.target().labels());
      List<AuditRow> labelled = AuditRows.labelled(settings, reporter);
      read = labelled.size();
      for (AuditRow row : labelled) {
        known.of(row.row(), reporter).ifPresent(labels -> {
          rows.add(row);
          truth.add(Arrays.stream(labels).sorted().distinct().toArray());
        });
      }
    } finally {
      problems.report().forEach(listener::warning);
    }
    if (rows.isEmpty()) {
      throw LabelledTest.noRow(read);
    }
    var answered = new Answered(classifier, reporter == problems ? new ProblemLog() : reporter);
    answered.answer(rows, truth, listener);
    if (training.isEmpty()) {
      return answered.wrong(Map.of());
    }
    AuditRows trained = AuditRows.read(settings.with(DataSettings.TRAIN, training), ProblemListener.SILENT);
    ErrorAnalysis found = answered.wrong(outOfFold(answered.rows, trained, threads, listener));
    return found.wrong.isEmpty() ? found : found.beside(trained.labelled(), nearest, threads, listener);
  }

  /** What models of the other rows say of those rows that the model was trained on. */
  private static Map<String, Judgement> outOfFold(List<AuditRow> rows, AuditRows trained, int threads,
      TrainingListener listener) {
    Set<String> known = trained.labelled().stream().map(ErrorAnalysis::key).collect(Collectors.toSet());
    Set<String> both = rows.stream().map(ErrorAnalysis::key).filter(known::contains).collect(Collectors.toSet());
    AuditOptions defaults = AuditOptions.DEFAULTS;
    if (both.isEmpty() || !OutOfFold.canJudge(trained, defaults.folds())) {
      return Map.of();
    }
    listener
        .warning(String.format(Locale.ROOT,
            "%,d of the texts are of rows of the training, which the model knows: whether their labels are wrong ",
            both.size()) + "is judged by models of the other rows");
    listener.stage("Judging rows of the training by models of the others");
    List<String> texts = trained.labelled().stream().map(AuditRow::text).toList();
    SparseMatrix features = TermVectors.fit(texts, trained.labels().size()).of(texts);
    var outOfFold = new OutOfFold(trained, features,
        new AuditOptions(defaults.folds(), defaults.seed(), defaults.similarity(), defaults.next(), threads));
    List<Judgement> judged = outOfFold.judgements(listener);
    Map<String, Judgement> ofRows = new HashMap<>();
    judged.stream().filter(each -> both.contains(key(each.row()))).forEach(each -> ofRows.put(key(each.row()), each));
    return ofRows;
  }

  /** Text and labels of a row. */
  private static String key(AuditRow row) {
    return row.text() + row.row().labels().stream().sorted().toList();
  }

  /** The same with rows of the training beside the wrong ones. */
  private ErrorAnalysis beside(List<AuditRow> training, int nearest, int threads, TrainingListener listener) {
    listener.stage("Finding the nearest rows of the training");
    TermVectors terms = TermVectors.fit(training.stream().map(AuditRow::text).toList(), 1);
    SparseMatrix queries = terms.of(wrong.stream().map(answer -> answer.row().text()).toList());
    var all = new ArrayList<WrongAnswer>();
    try (var search = new NearRows(terms.of(training.stream().map(AuditRow::text).toList()), threads)) {
      List<List<NearRows.Near>> near = search.nearest(queries, nearest + 1, listener);
      for (int i = 0; i < wrong.size(); i++) {
        String location = wrong.get(i).row().location();
        all.add(wrong.get(i).withNearest(near.get(i).stream().filter(each -> each.similarity() > 0)
            .map(each -> new NearRow(training.get(each.row()), Math.min(1, each.similarity())))
            .filter(each -> !each.row().location().equals(location)).limit(nearest).toList()));
      }
    }
    return new ErrorAnalysis(rows, unanswered, all);
  }

  /** The wrong answers of a group. */
  public List<WrongAnswer> of(Group group) {
    return wrong.stream().filter(answer -> answer.group() == group).toList();
  }

  /** Rows that are answered, and what the model says of them. */
  private static final class Answered {
    private final Classifier classifier;
    private final Target target;
    private final boolean exclusive;
    private final ProblemListener reporter;
    private final List<AuditRow> rows = new ArrayList<>();
    private final List<int[]> truth = new ArrayList<>();
    private final List<RowScores> scores = new ArrayList<>();
    private final List<int[]> answers = new ArrayList<>();
    private final List<Double> ofAnswer = new ArrayList<>();
    private final double[] sums;

    /**
     * No answer yet.
     *
     * @param reporter receives what is wrong with pictures; a log is reported when all rows are answered
     */
    Answered(Classifier classifier, ProblemListener reporter) {
      this.classifier = classifier;
      this.reporter = reporter;
      target = classifier.target();
      exclusive = !(target instanceof MultiLabelTarget);
      sums = new double[target.labels().size()];
    }

    /** Answers rows, of which those are left out that have nothing which the model can read. */
    void answer(List<AuditRow> all, List<int[]> labels, TrainingListener listener) {
      listener.stage("Answering");
      var unreadable = new UnreadPictures(classifier, reporter);
      for (int from = 0; from < all.size(); from += BATCH) {
        int to = Math.min(all.size(), from + BATCH);
        answer(all.subList(from, to), labels.subList(from, to), unreadable);
        listener.progress(to, all.size());
      }
      if (reporter instanceof ProblemLog log) {
        log.report().forEach(listener::warning);
      }
      if (rows.isEmpty()) {
        throw unreadable.noRow();
      }
    }

    private void answer(List<AuditRow> some, List<int[]> labels, UnreadPictures unreadable) {
      var asked = new WatchedItems(some.stream().map(row -> classifier.item(row.row())).toList());
      float[][] logits = classifier.logits(asked.items());
      for (int i = 0; i < logits.length; i++) {
        // A text that is empty for the model says nothing for or against any label.
        logits[i] = logits[i].length == 0 ? new float[sums.length] : logits[i];
      }
      ScoreMatrix batch = ScoreMatrix.of(logits);
      ScoreMatrix probabilities = target.probabilities(batch);
      int[][] decided = target.decide(batch);
      int[] candidates = target.candidates();
      for (int i = 0; i < decided.length; i++) {
        AuditRow row = some.get(i);
        if (!unreadable.isUsed(row.row(), asked.fault(i))) {
          continue;
        }
        float[] all = probabilities.row(i);
        var ofCandidates = new float[all.length];
        for (int label : candidates) {
          ofCandidates[label] = all[label];
          sums[label] += all[label];
        }
        rows.add(new AuditRow(Objects.requireNonNull(unreadable.without(row.row())), row.number()));
        truth.add(labels.get(i));
        scores.add(RowScores.of(true, labels.get(i), ofCandidates));
        answers.add(decided[i]);
        ofAnswer.add(Arrays.stream(decided[i]).mapToDouble(label -> all[label]).min().orElse(0));
      }
    }

    /**
     * The wrong answers.
     *
     * @param outOfFold what is known of rows that the model was trained on, by text and labels
     */
    ErrorAnalysis wrong(Map<String, Judgement> outOfFold) {
      var learning = new ConfidentLearning(target.labels(), scores.toArray(RowScores[]::new), sums, exclusive);
      var wrong = new ArrayList<WrongAnswer>();
      int unanswered = 0;
      for (int row = 0; row < rows.size(); row++) {
        boolean hasAnswer = answers.get(row).length > 0;
        unanswered += hasAnswer ? 0 : 1;
        if ((hasAnswer || !exclusive) && !Arrays.equals(answers.get(row), truth.get(row))) {
          Judgement held = outOfFold.get(key(rows.get(row)));
          Judgement judgement = held == null ? learning.judge(rows.get(row), scores.get(row)) : held;
          double ofTruth = minimum(scores.get(row).ofGiven());
          wrong.add(new WrongAnswer(rows.get(row), names(answers.get(row)), ofAnswer.get(row), ofTruth,
              judgement.isDoubtful() ? Group.MISLABELLED : group(row), judgement.suggested(), List.of()));
        }
      }
      wrong.sort(Comparator.comparing(WrongAnswer::group)
          .thenComparingDouble(each -> each.ofTruth() - each.probability()));
      return new ErrorAnalysis(rows.size(), unanswered, wrong);
    }

    private List<String> names(int[] labels) {
      return Arrays.stream(labels).mapToObj(target.labels()::name).toList();
    }

    private static double minimum(float[] numbers) {
      double least = 1;
      for (float number : numbers) {
        least = Math.min(least, number);
      }
      return least;
    }

    /** How far off an answer is: in the tree of labels if there is one. */
    private Group group(int row) {
      int[] given = truth.get(row);
      int[] answer = answers.get(row);
      if (!exclusive || given.length != 1 || answer.length != 1) {
        return Arrays.stream(answer).anyMatch(label -> Arrays.binarySearch(given, label) >= 0) ? Group.NEAR
            : Group.GROSS;
      }
      if (target instanceof TaxonomyTarget) {
        return inTree(target.tree(), given[0], answer[0]);
      }
      RowScores of = scores.get(row);
      long before = 0;
      for (float other : of.ofOthers()) {
        before += other > of.ofGiven()[0] ? 1 : 0;
      }
      return before < NOT_FAR ? Group.NEAR : before > NOT_FAR ? Group.GROSS : Group.OTHER;
    }

    private static Group inTree(Forest tree, int truth, int answer) {
      int[] there = tree.path(truth);
      int[] here = tree.path(answer);
      if (there[0] != here[0]) {
        return Group.GROSS;
      }
      boolean isOnPath = contains(there, answer) || contains(here, truth);
      return isOnPath || tree.parent(truth) == tree.parent(answer) ? Group.NEAR : Group.OTHER;
    }

    private static boolean contains(int[] path, int node) {
      return Arrays.stream(path).anyMatch(each -> each == node);
    }
  }

  /** The pairs of labels that are confused, the most frequent first; an empty name stands for no label. */
  public List<Confusion> pairs() {
    return wrong.stream().collect(Collectors.groupingBy(ErrorAnalysis::pair)).values().stream()
        .map(Confusion::new)
        .sorted(Comparator.comparingInt((Confusion pair) -> -pair.answers().size()).thenComparing(Confusion::truth)
            .thenComparing(Confusion::answer))
        .toList();
  }

  private static List<String> pair(WrongAnswer answer) {
    String missed = answer.missed();
    String added = answer.added();
    return List.of(missed == null ? "" : missed, added == null ? "" : added);
  }

  /**
   * Rows of one label that are answered with another.
   *
   * @param answers at least one
   */
  public record Confusion(List<WrongAnswer> answers) {
    /** Copies the list. */
    public Confusion {
      answers = List.copyOf(answers);
    }

    /** The label of the rows; empty where the answer has one too many. */
    public String truth() {
      return pair(answers.getFirst()).getFirst();
    }

    /** The label of the answers; empty where they lack one. */
    public String answer() {
      return pair(answers.getFirst()).getLast();
    }
  }

  /** The groups that have answers. */
  public List<Group> groups() {
    return Arrays.stream(Group.values()).filter(group -> !of(group).isEmpty()).toList();
  }
}
