package crema.family.image;

import crema.classify.RunContext;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.RowFault;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.data.TokenDataset;
import crema.data.image.PicturePreparation;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.ReadRows;
import crema.run.RowCounts;
import crema.run.RunPictures;
import crema.run.RunRows;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.LossRows;
import crema.task.Target;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * All that the training of a network of pictures needs to know of the data.
 *
 * @param target what is predicted
 * @param ofTraining the pictures of training rows, with a margin if they are changed
 * @param ofOthers those of the other rows
 * @param train the examples of training rows that have a picture which can be read; likewise the two that follow
 * @param rows those of all examples
 * @param hash of what decides on the rows and their pictures
 */
record ImageData(Target target, RunPictures ofTraining, RunPictures ofOthers, TokenDataset train,
    TokenDataset validation, TokenDataset test, SplitRows rows, String hash) implements AutoCloseable {
  /**
   * Reads the rows of a run and prepares their pictures.
   *
   * @param preparation what the network is given
   */
  static ImageData prepare(Settings settings, PicturePreparation preparation, RunContext context) throws IOException {
    SplitRows all = RunRows.of(context, settings);
    RunPictures ofTraining = RunPictures.prepare(List.of(all.train()),
        ImageSettings.changesPictures(settings) ? preparation.withMargin() : preparation, settings, context);
    RunPictures ofOthers =
        RunPictures.prepare(List.of(all.validation(), all.test()), preparation, settings, context);
    SplitRows rows = RunPictures.usable(all, ofTraining, ofOthers, settings, context);
    var reading = new LabelSettings(settings);
    Target target = Target.of(reading, rows.labels(), LossRows.of(settings, reading.kind()).link(reading.kind()),
        new AnswerSettings(settings));
    tellOfRowsWithout(rows, context);
    var unknown = new ProblemLog();
    ProblemListener reporter = settings.get(DataSettings.STRICT) ? ProblemListener.STRICT : unknown;
    var data = new ImageData(target, ofTraining, ofOthers,
        PictureDataset.of("training", rows.train(), ofTraining, target.labels(), reporter),
        PictureDataset.of("validation", rows.validation(), ofOthers, target.labels(), reporter),
        PictureDataset.of("test", new Languages(settings).tagged(rows.test()), ofOthers, target.labels(), reporter),
        rows, RowCounts.hash(all));
    unknown.report().forEach(context.listener()::warning);
    return data;
  }

  private static void tellOfRowsWithout(SplitRows rows, RunContext context) {
    var without = new long[1];
    for (RowSource part : List.of(rows.train(), rows.validation(), rows.test())) {
      part.forEach(ProblemListener.SILENT, row -> without[0] += row.meta().picture() == null ? 1 : 0);
    }
    if (without[0] > 0) {
      context.listener().warning(String.format(Locale.ROOT, "%,d %s no picture, and %s left out", without[0],
          without[0] == 1 ? "row has" : "rows have", without[0] == 1 ? "is" : "are"));
      ReadRows.leaveOut(RowFault.NO_PICTURE, without[0], context.directory());
    }
  }

  /** How many examples there are, and of which rows. */
  RowCounts counts() {
    return new RowCounts(train.size(), validation.size(), test.size(), hash);
  }

  @Override
  public void close() {
    train.close();
    validation.close();
    test.close();
    ofTraining.close();
    ofOthers.close();
  }
}
