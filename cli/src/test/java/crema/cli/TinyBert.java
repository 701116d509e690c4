package crema.cli;

import crema.base.json.JsonValues;
import crema.data.ProblemListener;
import crema.data.ProductTitles;
import crema.data.Row;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsWriter;
import crema.nn.model.SequenceClassifier;
import crema.nn.model.bert.Bert;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import crema.tokenizer.Tokenizer;
import crema.tokenizer.TokenizerTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A small pretrained encoder and rows to train it on, for tests of commands. */
final class TinyBert {
  private TinyBert() {}

  /** Writes every 60th product title to a CSV file: about 590 rows of ten categories. */
  static Path titles(Path folder) throws IOException {
    var lines = new ArrayList<String>(List.of("title,category,cluster_id"));
    var number = new int[1];
    ProductTitles.rows().forEach(ProblemListener.STRICT, (Row row) -> {
      if (number[0]++ % 60 == 0) {
        lines.add('"' + row.text().replace("\"", "\"\"") + "\"," + row.labels().getFirst() + "," + row.meta().group());
      }
    });
    return Files.write(folder.resolve("titles.csv"), lines);
  }

  /** Writes a BERT of random numbers with a head, in Hugging Face's layout. */
  static Path bert(Path folder) throws IOException {
    Path place = Files.createDirectories(folder.resolve("bert"));
    var texts = new ArrayList<String>();
    ProductTitles.rows().forEach(ProblemListener.STRICT, (Row row) -> texts.add(row.text()));
    Tokenizer tokenizer = TokenizerTrainer.of(TokenizerTrainer.Kind.BPE).withVocabularySize(500).withLowercase(true)
        .train(texts.subList(0, 2000).stream());
    tokenizer.save(place.resolve("tokenizer.json"));
    var config = new Bert().read(Map.of("vocab_size", 500, "hidden_size", 32, "num_hidden_layers", 3,
        "num_attention_heads", 4, "intermediate_size", 64, "max_position_embeddings", 48, "initializer_range", 0.1));
    try (Backend backend = Backend.open(Device.CPU, new BackendOptions(1));
        var model = new SequenceClassifier(ParameterSource.random(backend, 5), config, 10)) {
      SafetensorsWriter.write(place.resolve("model.safetensors"), model.stateDict(), Map.of("format", "pt"));
    }
    var json = new LinkedHashMap<String, Object>(config.toMap());
    json.put("model_type", "bert");
    Files.writeString(place.resolve("config.json"), JsonValues.toJson(json).toPrettyString());
    return place;
  }
}
