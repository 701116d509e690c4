package crema.family.encoder;

import crema.base.UserError;
import crema.classify.ModelSource;
import crema.embed.PoolingKind;
import crema.embed.SentenceFolder;
import crema.metrics.ConfidenceCurve;
import crema.nn.InvalidWeightsException;
import crema.nn.io.SafetensorsReader;
import crema.nn.model.PublishedClassifier;
import crema.nn.model.PublishedHead;
import crema.nn.model.TextEncoderConfig;
import crema.pretrained.HuggingFaceFolder;
import crema.task.MultiLabelTarget;
import crema.task.Target;
import crema.task.TargetFile;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Writes an encoder model in the form of Hugging Face's libraries. */
final class EncoderExport {
  private static final String HEAD = "classifier";

  private final EncoderDescription description;
  private final Target target;
  private final Tokenizer tokenizer;
  private final Path folder;
  private final List<String> notes = new ArrayList<>();

  private EncoderExport(EncoderDescription description, Target target, Tokenizer tokenizer, Path folder) {
    this.description = description;
    this.target = target;
    this.tokenizer = tokenizer;
    this.folder = folder;
  }

  /** Writes a model's files; see {@link crema.classify.ModelFamily#export}. */
  static List<String> write(ModelSource model, Path folder) throws IOException {
    var export = new EncoderExport(EncoderDescription.read(model), model.readTarget(),
        Tokenizer.load(model.bytes(EncoderFamily.TOKENIZER)), folder);
    try (var weights = SafetensorsReader.open(model.bytes(EncoderFamily.WEIGHTS));
        var backend = Backend.open(Device.CPU)) {
      PublishedClassifier published;
      try {
        published = PublishedClassifier.of(export.description.network(), weights);
      } catch (IllegalArgumentException e) {
        throw new UserError(model.name() + " cannot be exported: " + e.getMessage(), e);
      }
      export.write(published, backend);
      return export.notes;
    } catch (InvalidWeightsException e) {
      throw model.damaged(e);
    }
  }

  private void write(PublishedClassifier published, Backend backend) throws IOException {
    TextEncoderConfig encoder = published.config();
    String loader = published.head().isPresent() ? "AutoModel" : "AutoModelForSequenceClassification";
    notes.add("transformers: " + loader + ".from_pretrained gives a " + published.className());
    Map<String, @Nullable Object> config = config(published);
    var files = new HuggingFaceFolder(folder);
    files.writeConfig(config);
    files.writeWeights(published.weights(), _ -> DType.F32, backend, _ -> {});
    TextLimit limit = description.limit();
    files.writeTokenizer(tokenizer, encoder.architecture().specialTokens(), number(config, "pad_token_id", 0),
        number(config, "type_vocab_size", 0) > 1, limit.maxTokens(), limit.kept() == TextLimit.Kept.TAIL);
    if (limit.kept() == TextLimit.Kept.HEAD_TAIL) {
      notes.add("texts of more than " + limit.maxTokens() + " tokens: here their middle is left out, there their end");
    }
    new SentenceFolder(folder).writeModules(PoolingKind.of(description.network().pooling()), encoder.hiddenSize(),
        limit.maxTokens());
    notes.add("sentence-transformers: vectors of texts, pooled by " + PoolingKind.of(description.network().pooling())
        .key());
    if (published.head().isPresent()) {
      writeHead(published.head().get(), backend);
    }
  }

  /** The values of {@code config.json}. */
  private Map<String, @Nullable Object> config(PublishedClassifier published) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("architectures", List.of(published.className()));
    json.putAll(published.configValues());
    List<String> labels = target.labels().names();
    var names = new LinkedHashMap<String, Object>();
    var numbers = new LinkedHashMap<String, Object>();
    IntStream.range(0, labels.size()).forEach(label -> {
      names.put(Integer.toString(label), labels.get(label));
      numbers.put(labels.get(label), label);
    });
    json.put("id2label", names);
    json.put("label2id", numbers);
    switch (target.kind()) {
      case SINGLE -> json.put("problem_type", "single_label_classification");
      case MULTI -> json.put("problem_type", "multi_label_classification");
      case TAXONOMY -> notes.add("labels are the nodes of a taxonomy, by their paths: transformers gives the logits of "
          + "nodes, and how a path is found among them only Crema knows");
    }
    if (target instanceof MultiLabelTarget multi) {
      json.put("thresholds",
          IntStream.range(0, labels.size()).mapToObj(label -> rawThreshold(multi, label)).toList());
      notes
          .add("thresholds: config.json has them by label, as 'thresholds', which transformers keeps and does not use");
    }
    ConfidenceCurve curve = target.trust().confidence();
    if (!curve.isNone()) {
      json.put("calibration", TargetFile.confidence(curve));
      notes.add(
          "probabilities are not calibrated there: config.json has the temperature and the curve as 'calibration', "
              + "which transformers keeps and does not use");
    }
    json.put("torch_dtype", "float32");
    return json;
  }

  /** What a probability without calibration must reach. */
  private static float rawThreshold(MultiLabelTarget target, int label) {
    return (float) target.trust().confidence().inverse(target.thresholds().value(label));
  }

  private static int number(Map<String, @Nullable Object> config, String key, int otherwise) {
    return config.get(key) instanceof Integer value ? value : otherwise;
  }

  private void writeHead(PublishedHead head, Backend backend) throws IOException {
    if (head.layers().isEmpty()) {
      var files = new HuggingFaceFolder(Files.createDirectories(folder.resolve(HEAD)));
      files.writeConfig(description.network().head().toMap());
      files.writeWeights(head.weights(), _ -> DType.F32, backend, _ -> {});
      notes.add("the head is in " + HEAD + "/, under Crema's names: no class of theirs computes it");
      return;
    }
    var folders = new ArrayList<String>();
    var sentence = new SentenceFolder(folder);
    for (PublishedHead.Layer layer : head.layers()) {
      String name = HEAD + (head.layers().size() == 1 ? "" : "/" + folders.size());
      sentence.writeDense(name, head.of(layer), layer.activation(), backend);
      folders.add(name);
    }
    notes.add("the head is in " + String.join(", then ", folders) + ": Dense of sentence-transformers, which gives the "
        + "logits of a vector; it is no module of the folder, so that encode() gives vectors");
  }
}
