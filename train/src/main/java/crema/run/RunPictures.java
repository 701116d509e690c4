package crema.run;

import crema.base.UserError;
import crema.classify.RunContext;
import crema.data.PicturedRows;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowFault;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.data.image.PictureCache;
import crema.data.image.PictureFilling;
import crema.data.image.PictureLimits;
import crema.data.image.PictureListener;
import crema.data.image.PictureLoader;
import crema.data.image.PictureLocation;
import crema.data.image.PicturePreparation;
import crema.data.image.PictureRejected;
import crema.data.image.PreparedPictures;
import crema.nn.train.StoppedException;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of a run's rows, prepared once and kept on disk. A picture is known by its location, and from then on by a
 * number. A run that was stopped while they were prepared goes on where it was.
 */
public final class RunPictures implements AutoCloseable {
  private static final Path HERE = Path.of("");

  private final PreparedPictures prepared;
  /** The numbers of pictures, in the order in which their locations were met. */
  private final Map<String, Integer> numbers;
  /** What is wrong with those that cannot be used. */
  private final Map<String, String> faults;

  private RunPictures(PreparedPictures prepared, Map<String, Integer> numbers, Map<String, String> faults) {
    this.prepared = prepared;
    this.numbers = numbers;
    this.faults = faults;
  }

  /**
   * Prepares the pictures of rows.
   *
   * @param sources all rows
   * @param settings those of {@link PictureSettings}
   * @throws StoppedException when the run is asked to stop
   */
  public static RunPictures prepare(List<RowSource> sources, PicturePreparation preparation, Settings settings,
      RunContext context) throws IOException {
    var numbers = new LinkedHashMap<String, Integer>();
    for (RowSource rows : sources) {
      rows.forEach(ProblemListener.SILENT, row -> {
        String location = row.meta().picture();
        if (location != null) {
          numbers.putIfAbsent(location, numbers.size());
        }
      });
    }
    context.listener().stage("Preparing pictures");
    var faults = new HashMap<String, String>();
    var listener = new PictureListener() {
      @Override
      public void progressed(long rows) {
        context.listener().progress(rows, numbers.size());
      }

      @Override
      public void rejected(long row, PictureLocation location, PictureRejected reason) {
        faults.put(location.text(), location + " " + reason.getMessage());
      }

      @Override
      public void warned(String message) {
        context.listener().warning(message);
      }
    };
    var cache = new PictureCache(PictureSettings.cache(settings));
    try (var loader = new PictureLoader(PictureLimits.DEFAULT, preparation);
        PictureFilling filling = cache.fill(loader, context.compute().threads(), listener)) {
      for (String location : numbers.keySet()) {
        context.stop().check();
        filling.add(new PictureLocation(location, HERE));
      }
      return new RunPictures(filling.finish(), numbers, faults);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError("the preparation of pictures was interrupted", e);
    }
  }

  /** How they were prepared. */
  public PicturePreparation preparation() {
    return prepared.preparation();
  }

  /**
   * The number of the picture at a location.
   *
   * @return -1 where there is none, or none that can be used
   */
  public int number(@Nullable String location) {
    Integer number = location == null ? null : numbers.get(location);
    return number == null || !prepared.has(number) ? -1 : number;
  }

  /**
   * Reads a picture.
   *
   * @param target receives red, green and blue, {@code [size, size, 3]}
   */
  public void read(int number, byte[] target) {
    prepared.read(number, target);
  }

  /**
   * Rows without the pictures that cannot be used; rows that have nothing else are left out.
   *
   * @param listener is told of them in each pass
   */
  public RowSource usable(RowSource rows, ProblemListener listener) {
    return rows.map("with pictures that can be read", "", row -> usable(row, listener));
  }

  private @Nullable Row usable(Row row, ProblemListener listener) {
    String location = row.meta().picture();
    if (location == null || number(location) >= 0) {
      return row;
    }
    return PicturedRows.without(row, faults.getOrDefault(location, location + " cannot be read"), listener);
  }

  /**
   * The rows of a run without the pictures that cannot be used, each of which is told of once.
   *
   * @throws crema.data.DataException with the first of them, if the run is {@linkplain DataSettings#STRICT strict}
   */
  public static SplitRows usable(SplitRows rows, RunPictures ofTraining, RunPictures ofOthers, Settings settings,
      RunContext context) {
    var problems = new ProblemLog();
    ProblemListener listener = new DataSettings(settings).isStrict() ? problems.strict() : problems;
    var parts = new ArrayList<RowSource>();
    for (RowSource part : List.of(rows.train(), rows.validation(), rows.test())) {
      RunPictures pictures = part == rows.train() ? ofTraining : ofOthers;
      pictures.usable(part, listener).forEach(ProblemListener.SILENT, _ -> {});
      parts.add(pictures.usable(part, ProblemListener.SILENT));
    }
    problems.report().forEach(context.listener()::warning);
    ReadRows.leaveOut(RowFault.BAD_PICTURE, problems.counts().getOrDefault(RowFault.BAD_PICTURE, 0L),
        context.directory());
    return new SplitRows(parts.get(0), parts.get(1), parts.get(2), rows.labels());
  }

  @Override
  public void close() {
    prepared.close();
  }
}
