package crema.family.image;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.WorkerPool;
import crema.classify.LearningPart;
import crema.classify.ModelDirectory;
import crema.classify.ModelSource;
import crema.classify.RunContext;
import crema.data.PackedBatch;
import crema.data.SplitRows;
import crema.data.image.PictureAugmentation;
import crema.data.image.PicturePreparation;
import crema.nn.InvalidWeightsException;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsReader;
import crema.nn.model.vision.ResNetConfig;
import crema.run.RunPictures;
import crema.settings.Settings;
import crema.tensor.Backend;
import crema.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A trained model of pictures that learns on as a part of a larger network. */
final class LearningPictures implements LearningPart {
  private final ImageNetwork model;
  private final WorkerPool pool;
  private final RunPictures ofTraining;
  private final RunPictures ofOthers;
  private final PictureBatches changed;
  private final PictureBatches plain;

  private LearningPictures(ImageNetwork model, WorkerPool pool, RunPictures ofTraining, RunPictures ofOthers,
      PictureBatches changed, PictureBatches plain) {
    this.model = model;
    this.pool = pool;
    this.ofTraining = ofTraining;
    this.ofOthers = ofOthers;
    this.changed = changed;
    this.plain = plain;
  }

  static LearningPictures open(ModelSource source, Backend backend, SplitRows rows, long seed, Settings settings,
      RunContext context) throws IOException {
    ImageDescription description = ImageDescription.read(source);
    PicturePreparation preparation = description.preparation();
    var model = new ImageNetwork(ParameterSource.random(backend, 0), description.network());
    @Nullable RunPictures ofTraining = null;
    try (var weights = SafetensorsReader.open(source.bytes(ImageFamily.WEIGHTS))) {
      model.load(weights);
      PictureAugmentation changes = ImageSettings.changesPictures(settings) ? PictureAugmentation.DEFAULT : null;
      ofTraining = RunPictures.prepare(List.of(rows.train()),
          changes == null ? preparation : preparation.withMargin(), settings, context);
      RunPictures ofOthers = RunPictures.prepare(List.of(rows.validation()), preparation, settings, context);
      var pool = new WorkerPool(context.compute().threads());
      return new LearningPictures(model, pool, ofTraining, ofOthers,
          new PictureBatches(ofTraining, preparation, changes, seed, pool),
          new PictureBatches(ofOthers, preparation, null, 0, pool));
    } catch (InvalidWeightsException e) {
      model.close();
      throw source.damaged(e);
    } catch (IOException | RuntimeException e) {
      model.close();
      if (ofTraining != null) {
        ofTraining.close();
      }
      throw e;
    }
  }

  @Override
  public Module network() {
    return model;
  }

  @Override
  public Said say(Tape tape, PackedBatch batch, long epoch) {
    RunPictures pictures = tape.isTraining() ? ofTraining : ofOthers;
    int[] numbers = IntStream.range(0, batch.sequences())
        .map(row -> pictures.number(batch.meta(row).picture())).toArray();
    PackedBatch numbered = new PackedBatch(numbers, IntStream.rangeClosed(0, numbers.length).toArray(), batch.labels(),
        batch.labelOffsets(), batch.examples(), batch.metas());
    Tensor pixels = (tape.isTraining() ? changed : plain).pixels(tape.scope(), numbered, epoch);
    Variable vectors = model.vectors(tape, pixels);
    return new Said(vectors, model.forwardVectors(tape, vectors));
  }

  @Override
  public boolean isPretrained() {
    return !(model.config().tower() instanceof ResNetConfig resNet) || resNet.stem() == ResNetConfig.Stem.LARGE;
  }

  @Override
  public void write(ModelDirectory directory) throws IOException {
    new ImageFiles(model, ofOthers.preparation(), directory).writeWeights();
  }

  @Override
  public void close() {
    model.close();
    ofTraining.close();
    ofOthers.close();
    pool.close();
  }
}
