package crema.family.image;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.WorkerPool;
import crema.classify.RunContext;
import crema.data.PackedBatch;
import crema.data.TokenDataset;
import crema.data.image.PictureAugmentation;
import crema.data.image.PicturePreparation;
import crema.family.encoder.ClassifierLoss;
import crema.family.encoder.Logits;
import crema.nn.Module;
import crema.nn.train.Objective;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.tensor.Backend;
import java.io.IOException;

/**
 * What of a network of pictures learns, and from what: all of it from pictures, which are changed at random in each epoch;
 * or its head alone, from vectors of pictures that the tower makes once.
 *
 * @param trained the network, or its head
 * @param objective of a batch of training examples
 * @param validation the logits of validation examples
 * @param test those of test examples
 */
record ImageLearning(Module trained, Objective<PackedBatch> objective, Logits validation, Logits test) {
  /**
   * Prepares to learn.
   *
   * @param start what the network begins with, and how pictures are prepared for it
   * @param pool makes pixels
   */
  static ImageLearning of(ImageNetwork model, StartingTower start, ImageData data, ClassifierLoss loss,
      Settings settings, Backend backend, WorkerPool pool, RunContext context) throws IOException {
    PicturePreparation preparation = start.preparation();
    var changed = ImageSettings.changesPictures(settings) ? PictureAugmentation.DEFAULT : null;
    var ofTraining =
        new PictureBatches(data.ofTraining(), preparation, changed, settings.get(TrainingSettings.SEED), pool);
    var ofOthers = new PictureBatches(data.ofOthers(), preparation, null, 0, pool);
    if (!ImageSettings.readsVectors(settings)) {
      Logits logits = (tape, batch) -> model.forward(tape, ofOthers.pixels(tape.scope(), batch, 0));
      return new ImageLearning(model, new OfPictures(model, ofTraining, loss), logits, logits);
    }
    context.listener().stage("Making vectors of pictures");
    var vectors = new PictureVectors(settings, backend, model, start.hash(), context);
    Logits ofTrain = vectors.of(data.train(), ofTraining);
    return new ImageLearning(model.head(), new OfVectors(ofTrain, loss),
        logits(vectors, data.validation(), ofOthers, ofTrain), logits(vectors, data.test(), ofOthers, ofTrain));
  }

  /** The logits of examples; where there are none, any will do. */
  private static Logits logits(PictureVectors vectors, TokenDataset examples, PictureBatches pictures, Logits any)
      throws IOException {
    return examples.size() == 0 ? any : vectors.of(examples, pictures);
  }

  /** The loss of a batch of pictures, changed in each epoch in another way. */
  private static final class OfPictures implements Objective<PackedBatch> {
    private final ImageNetwork model;
    private final PictureBatches pictures;
    private final ClassifierLoss loss;
    private long epoch;

    OfPictures(ImageNetwork model, PictureBatches pictures, ClassifierLoss loss) {
      this.model = model;
      this.pictures = pictures;
      this.loss = loss;
    }

    @Override
    public void beginEpoch(long begun) {
      epoch = begun;
    }

    @Override
    public Variable apply(Tape tape, PackedBatch batch) {
      return loss.apply(tape, model.forward(tape, pictures.pixels(tape.scope(), batch, epoch)), batch);
    }

    @Override
    public double uninformed() {
      return loss.uninformed();
    }
  }

  /** The loss of the head on vectors. */
  private record OfVectors(Logits logits, ClassifierLoss loss) implements Objective<PackedBatch> {
    @Override
    public Variable apply(Tape tape, PackedBatch batch) {
      return loss.apply(tape, logits.of(tape, batch), batch);
    }

    @Override
    public double uninformed() {
      return loss.uninformed();
    }
  }
}
