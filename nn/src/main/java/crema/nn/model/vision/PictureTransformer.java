package crema.nn.model.vision;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.Prepend;
import crema.autograd.op.Reshape;
import crema.tensor.Sequences;
import crema.tensor.Shape;

/** What the vision transformers share: a picture as a sequence of patches behind a token of its own. */
final class PictureTransformer {
  private PictureTransformer() {}

  /**
   * The number of tokens of a picture.
   *
   * @throws IllegalArgumentException when the picture has no whole number of patches
   */
  static int tokens(int imageSize, int patchSize) {
    if (imageSize % patchSize != 0) {
      throw new IllegalArgumentException("patch_size " + patchSize + " does not divide image_size " + imageSize);
    }
    int side = imageSize / patchSize;
    return 1 + Math.multiplyExact(side, side);
  }

  /**
   * Checks the size of pictures.
   *
   * @throws IllegalArgumentException when it is not the one that the model has positions for
   */
  static void requireSize(String what, int size, int height, int width) {
    if (height != size || width != size) {
      throw new IllegalArgumentException("pictures are " + height + " by " + width + " pixels, and " + what
          + " has positions for " + size + " by " + size);
    }
  }

  /**
   * The tokens of pictures, {@code [pictures · tokens, features]}.
   *
   * @param patches {@code [pictures · (tokens − 1), features]}
   * @param first the token in front, of {@code features} elements
   * @param positions what is added to each token, of {@code tokens · features} elements
   */
  static Variable embed(Tape tape, Variable patches, Variable first, Variable positions, long pictures) {
    long features = patches.shape().columns();
    long tokens = positions.value().elements() / features;
    Variable token = Reshape.apply(tape, first, features);
    Variable sequences =
        Prepend.apply(tape, token, Reshape.apply(tape, patches, pictures, tokens - 1, features));
    Variable x = Binary.add(tape, sequences, Reshape.apply(tape, positions, tokens, features));
    return Reshape.apply(tape, x, pictures * tokens, features);
  }

  /** How the tokens of pictures are cut. */
  static Sequences sequences(Tape tape, Shape pixels, int tokens) {
    var cumulative = new int[Math.toIntExact(pixels.extent(0)) + 1];
    for (int i = 1; i < cumulative.length; i++) {
      cumulative[i] = Math.multiplyExact(i, tokens);
    }
    return Sequences.of(tape.scope(), cumulative);
  }
}
