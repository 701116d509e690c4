package crema.family.image;

import crema.classify.ModelDirectory;
import crema.data.image.PicturePreparation;
import crema.nn.io.SafetensorsWriter;
import crema.run.ModelFiles;
import java.io.IOException;
import java.util.Map;

/**
 * What there is of a model of pictures besides its labels.
 *
 * @param model to write
 * @param preparation how its pictures are prepared
 * @param directory where to
 */
record ImageFiles(ImageNetwork model, PicturePreparation preparation, ModelDirectory directory) implements ModelFiles {
  @Override
  public void writeWeights() throws IOException {
    SafetensorsWriter.write(directory.file(ImageFamily.WEIGHTS), model.stateDict(), Map.of("format", "pt"));
  }

  @Override
  public void writeDescription() throws IOException {
    new ImageDescription(model.config(), preparation).write(directory);
  }
}
