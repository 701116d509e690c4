package crema.family.image;

import crema.base.WorkerPool;
import crema.data.PackedBatch;
import crema.data.image.Picture;
import crema.data.image.PictureAugmentation;
import crema.data.image.PictureNumbers;
import crema.data.image.PicturePreparation;
import crema.run.RunPictures;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes the pixels of batches whose tokens are numbers of pictures. Pictures are read, changed and turned into numbers by
 * several threads, each picture by one, so that how many there are changes nothing.
 */
final class PictureBatches {
  private static final int CHANNELS = 3;

  private final RunPictures pictures;
  private final PicturePreparation wanted;
  private final PictureNumbers numbers;
  private final @Nullable PictureAugmentation changes;
  private final long seed;
  private final WorkerPool pool;

  /**
   * Batches.
   *
   * @param pictures prepared as {@code wanted} says, with a margin if they are changed
   * @param wanted what the model is given
   * @param changes how pictures are changed; null if they are not
   * @param seed of the changes
   */
  PictureBatches(RunPictures pictures, PicturePreparation wanted, @Nullable PictureAugmentation changes, long seed,
      WorkerPool pool) {
    this.pictures = pictures;
    this.wanted = wanted;
    numbers = wanted.numbers();
    this.changes = changes;
    this.seed = seed;
    this.pool = pool;
  }

  /** The bytes of a picture as it was prepared. */
  byte[] bytes(int number) {
    var rgb = new byte[pictures.preparation().bytes()];
    pictures.read(number, rgb);
    return rgb;
  }

  /** The pixels of pictures as they are, {@code [pictures, 3, size, size]}. */
  Tensor pixels(Scope scope, int[] some) {
    return pixels(scope, some.length, i -> bytes(some[i]));
  }

  /**
   * The pixels of a batch, {@code [pictures, 3, size, size]}.
   *
   * @param epoch in which each picture is changed in another way
   */
  Tensor pixels(Scope scope, PackedBatch batch, long epoch) {
    int side = pictures.preparation().size();
    return pixels(scope, batch.sequences(), i -> {
      byte[] rgb = bytes(batch.ids()[i]);
      return changes == null ? rgb : changes.apply(new Picture(side, side, rgb), wanted.size(), wanted.filter(), seed,
          Math.toIntExact(epoch), batch.examples()[i]).rgb();
    });
  }

  private Tensor pixels(Scope scope, int count, IntFunction<byte[]> each) {
    int size = CHANNELS * wanted.size() * wanted.size();
    var values = new float[Math.multiplyExact(count, size)];
    pool.run(count, (i, _) -> numbers.of(each.apply(i), values, i * size));
    return scope.floats(values, count, CHANNELS, wanted.size(), wanted.size());
  }
}
