package crema.family.stack;

import crema.classify.CheckpointSettings;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.data.LabelCounts;
import crema.data.ProblemListener;
import crema.data.Row;
import crema.data.RowCursor;
import crema.data.RowSource;
import crema.data.Split;
import crema.data.SplitPlan;
import crema.data.SplitRows;
import crema.family.stack.AutoPlan.Member;
import crema.run.PictureSettings;
import crema.run.TrainingSettings;
import crema.run.ValidationSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.util.ArrayList;

/**
 * The trainings of the members of an automatic run.
 *
 * @param settings of the run
 * @param context of the run
 */
record MemberTraining(Settings settings, RunContext context) {
  /** Rows on which the test of a member is made that nobody reads. */
  private static final int FEW_ROWS = 16;

  /**
   * Trains a member.
   *
   * @param train the rows to learn from
   * @param own the directory of the member
   * @return whether the model is whole; false if the run was asked to stop
   */
  boolean run(Member member, RowSource train, ModelDirectory own, TrainingListener watching)
      throws IOException {
    return !member.family().newRun(CheckpointSettings.ofPart(member.settings()), context(member, train, own, watching))
        .run().isInterrupted();
  }

  /**
   * The member with one value where its training would choose among several.
   *
   * @param train the rows to choose by
   * @param own a directory that is used for checkpoints alone
   */
  Member settled(Member member, RowSource train, ModelDirectory own) throws IOException {
    return member.with(member.family().settled(member.settings(),
        context(member, train, own, new TrainingListener() {})));
  }

  private RunContext context(Member member, RowSource all, ModelDirectory own, TrainingListener watching) {
    RowSource train = readable(member, all);
    RowSource few = first(train);
    RowSource learned = train;
    RowSource validation = few;
    if (member.settings().has(ValidationSettings.PATIENCE)) {
      // A family that is validated while it learns needs rows for that.
      Split split = Split.of(train, SplitPlan.trainValidationTest(0.1, 0, settings.get(TrainingSettings.SEED)),
          ProblemListener.SILENT);
      learned = split.train();
      validation = split.validation();
    }
    // All members know all labels, also those of rows that some do not read.
    var rows = new SplitRows(learned, validation, few,
        LabelCounts.count(train == all ? learned : all, new LabelSettings(settings).format(), ProblemListener.SILENT));
    ComputeOptions compute = member.family().hasTensors() ? context.compute()
        : ComputeOptions.threads(context.compute().threads());
    return context.withDirectory(own).withRows(rows).withCompute(compute)
        .withCheckpoints(CheckpointSettings.OFTEN).withListener(watching);
  }

  /** The rows from which a member can learn, where some have no text and some no picture. */
  private RowSource readable(Member member, RowSource rows) {
    if (!PictureSettings.areGiven(settings)) {
      return rows;
    }
    return switch (member.kind()) {
      case IMAGE -> rows.map("with pictures", "", row -> row.meta().picture() == null ? null : row);
      case FUSION -> rows;
      case WORDS, BAYES, CHARACTERS, SEQUENCES, UNION, COLUMNS, FASTTEXT, FROZEN, ENCODER, FINETUNED -> rows
          .map("with text", "", row -> row.text().isBlank() ? null : row);
    };
  }

  /** The first rows. */
  private static RowSource first(RowSource rows) {
    var first = new ArrayList<Row>();
    try (RowCursor cursor = rows.open(ProblemListener.SILENT)) {
      for (Row row = cursor.next(); row != null && first.size() < FEW_ROWS; row = cursor.next()) {
        first.add(row);
      }
    }
    return RowSource.of(first);
  }
}
