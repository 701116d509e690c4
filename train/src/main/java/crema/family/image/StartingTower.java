package crema.family.image;

import crema.classify.RunContext;
import crema.data.image.PicturePreparation;
import crema.nn.model.vision.ResNetConfig;
import crema.nn.model.vision.VisionTowerConfig;
import crema.pretrained.PretrainedVision;
import crema.settings.Settings;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tower that a run starts from: a small one of random weights, or a pretrained one. */
final class StartingTower implements AutoCloseable {
  /** The side of pictures for a network that learns from nothing. */
  private static final int SIZE = 64;

  private final VisionTowerConfig config;
  private final PicturePreparation preparation;
  private final @Nullable PretrainedVision pretrained;

  private StartingTower(VisionTowerConfig config, PicturePreparation preparation,
      @Nullable PretrainedVision pretrained) {
    this.config = config;
    this.preparation = preparation;
    this.pretrained = pretrained;
  }

  /**
   * Opens what a run starts from.
   *
   * @throws crema.base.UserError when there is no such model, or it takes no pictures of that size
   */
  static StartingTower of(Settings settings, RunContext context) throws IOException {
    Optional<Integer> size = settings.find(ImageSettings.IMAGE_SIZE);
    Optional<String> name = settings.find(ImageSettings.VISION);
    if (name.isEmpty()) {
      int side = size.orElse(SIZE);
      return new StartingTower(ResNetConfig.small(side), PicturePreparation.ofSize(side), null);
    }
    PretrainedVision pretrained = PretrainedVision.open(context.locate(name.get()));
    try {
      PicturePreparation own = pretrained.preparation();
      PicturePreparation preparation = size.map(side -> own.withSize(side)).orElse(own);
      pretrained.config().requireSize(preparation.size(), preparation.size());
      return new StartingTower(pretrained.config(), preparation, pretrained);
    } catch (IllegalArgumentException e) {
      pretrained.close();
      throw settings.error(ImageSettings.IMAGE_SIZE, ": " + e.getMessage());
    } catch (RuntimeException e) {
      pretrained.close();
      throw e;
    }
  }

  /** The shape of the tower. */
  VisionTowerConfig config() {
    return config;
  }

  /** How pictures are prepared for it. */
  PicturePreparation preparation() {
    return preparation;
  }

  /** The SHA-256 of the pretrained model's files; empty if there is none. */
  String hash() throws IOException {
    return pretrained == null ? "" : pretrained.fingerprint();
  }

  /** Copies the pretrained weights to a network. */
  void load(ImageNetwork network, RunContext context) {
    if (pretrained != null) {
      context.listener().model(pretrained.load(network.tower()));
    }
  }

  @Override
  public void close() {
    if (pretrained != null) {
      pretrained.close();
    }
  }
}
