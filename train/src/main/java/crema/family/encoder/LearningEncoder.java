package crema.family.encoder;

import crema.autograd.Tape;
import crema.classify.LearningPart;
import crema.classify.ModelDirectory;
import crema.classify.ModelSource;
import crema.data.PackedBatch;
import crema.data.TokenEncoder;
import crema.nn.InvalidWeightsException;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.SafetensorsWriter;
import crema.nn.model.TextClassifier;
import crema.nn.model.prenorm.PreNormConfig;
import crema.settings.Settings;
import crema.tensor.Backend;
import crema.tensor.Sequences;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.Map;

/** A trained encoder with its head that learns on as a part of a larger network. */
final class LearningEncoder implements LearningPart {
  /** As the defaults of encoders from nothing have it. */
  private static final double TOKEN_DROPOUT = 0.1;

  private final TextClassifier model;
  private final TokenEncoder tokens;
  private final double tokenDropout;

  private LearningEncoder(TextClassifier model, TokenEncoder tokens, double tokenDropout) {
    this.model = model;
    this.tokens = tokens;
    this.tokenDropout = tokenDropout;
  }

  static LearningEncoder open(ModelSource source, Backend backend, Settings settings) throws IOException {
    EncoderDescription description = EncoderDescription.read(source);
    Tokenizer tokenizer = Tokenizer.load(source.bytes(EncoderFamily.TOKENIZER));
    var model = new TextClassifier(ParameterSource.random(backend, 0), description.network());
    try (var weights = SafetensorsReader.open(source.bytes(EncoderFamily.WEIGHTS))) {
      model.load(weights);
    } catch (InvalidWeightsException e) {
      model.close();
      throw source.damaged(e);
    } catch (IOException | RuntimeException e) {
      model.close();
      throw e;
    }
    boolean isGiven = settings.has(EncoderSettings.TOKEN_DROPOUT) && settings.isChanged(EncoderSettings.TOKEN_DROPOUT);
    return new LearningEncoder(model, description.limit().encoder(tokenizer),
        isGiven ? settings.get(EncoderSettings.TOKEN_DROPOUT) : isPretrained(model) ? 0 : TOKEN_DROPOUT);
  }

  private static boolean isPretrained(TextClassifier model) {
    return !(model.config().encoder() instanceof PreNormConfig);
  }

  @Override
  public Module network() {
    return model;
  }

  @Override
  public TokenEncoder tokens() {
    return tokens;
  }

  @Override
  public Said say(Tape tape, PackedBatch batch, long epoch) {
    PackedBatch read = tape.isTraining() && tokenDropout > 0
        ? batch.withTokensDropped(tokenDropout, tape.nextRandom()) : batch;
    TextClassifier.Output output = model.forwardWithEmbeddings(tape, tape.scope().ints(read.ids(), read.tokens()),
        Sequences.of(tape.scope(), read.cuSeqlens()));
    return new Said(output.embeddings().pooled(), output.logits());
  }

  @Override
  public boolean isPretrained() {
    return isPretrained(model);
  }

  @Override
  public void write(ModelDirectory directory) throws IOException {
    SafetensorsWriter.write(directory.file(EncoderFamily.WEIGHTS), model.stateDict(), Map.of("format", "pt"));
  }

  @Override
  public void close() {
    model.close();
  }
}
