package crema.hub;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which files of a model are needed to compute with it: configuration, tokenizer, the modules of sentence-transformers,
 * and its weights in one format. A model on the hub is often there in five formats.
 */
final class NeededFiles {
  /** The configuration of a model; a folder without it is none. */
  static final String CONFIG = "config.json";

  /** The list of the modules of sentence-transformers. */
  static final String MODULES = "modules.json";

  /** All of a tokenizer. */
  static final String TOKENIZER = "tokenizer.json";

  /** The configuration of an adapter, which is beside a model of another name. */
  private static final String ADAPTER_CONFIG = "adapter_config.json";

  private static final Set<String> SMALL = Set.of(CONFIG, TOKENIZER, "tokenizer_config.json",
      "special_tokens_map.json", "added_tokens.json", MODULES, "sentence_bert_config.json",
      "config_sentence_transformers.json", "preprocessor_config.json", ADAPTER_CONFIG);

  /** What a tokenizer is read from where there is no {@code tokenizer.json}. */
  private static final Set<String> VOCABULARIES = Set.of("vocab.txt", "vocab.json", "merges.txt",
      "sentencepiece.bpe.model", "spiece.model", "spm.model", "tokenizer.model");

  /** The folder of a module of sentence-transformers: {@code 1_Pooling/}. */
  private static final Pattern MODULE = Pattern.compile("[0-9]{1,2}_[A-Za-z0-9]+/");

  private static final Pattern WEIGHTS = Pattern.compile(".*\\.(safetensors|bin|onnx)");

  /** One of several files of weights. */
  private static final Pattern SHARD =
      Pattern.compile("(?<stem>.*)-[0-9]{5}-of-(?<count>[0-9]{5})\\.(safetensors|bin)");

  /** A format of weights, the preferred first: in one file, or in shards with an index. */
  private enum Format {
    SAFETENSORS("(adapter_)?model\\.safetensors",
        "model\\.safetensors\\.index\\.json|model-[0-9]{5}-of-[0-9]{5}\\.safetensors"),
    PYTORCH("(pytorch_|adapter_)model\\.bin",
        "pytorch_model\\.bin\\.index\\.json|pytorch_model-[0-9]{5}-of-[0-9]{5}\\.bin"),
    ONNX("(onnx/)?model\\.onnx(_data)?", "\\b\\B");

    private final Pattern whole;
    private final Pattern sharded;

    Format(String whole, String sharded) {
      this.whole = Pattern.compile(whole);
      this.sharded = Pattern.compile(sharded);
    }
  }

  private NeededFiles() {}

  /**
   * Those of some files that are needed.
   *
   * @param path the place of a file in the model
   */
  static <F> List<F> of(List<F> files, Function<F, String> path) {
    var folders = new LinkedHashMap<String, List<F>>();
    for (F file : files) {
      String place = path.apply(file);
      String folder = place.startsWith("onnx/") ? "" : place.substring(0, place.lastIndexOf('/') + 1);
      if (folder.isEmpty() || MODULE.matcher(folder).matches()) {
        folders.computeIfAbsent(folder, _ -> new ArrayList<>()).add(file);
      }
    }
    var needed = new ArrayList<F>();
    folders
        .forEach((folder, inIt) -> needed.addAll(ofFolder(inIt, file -> path.apply(file).substring(folder.length()))));
    return needed;
  }

  private static <F> List<F> ofFolder(List<F> files, Function<F, String> name) {
    var needed = new ArrayList<>(files.stream().filter(file -> SMALL.contains(name.apply(file))).toList());
    if (files.stream().noneMatch(file -> name.apply(file).equals(TOKENIZER))) {
      files.stream().filter(file -> VOCABULARIES.contains(name.apply(file))).forEach(needed::add);
    }
    needed.addAll(weights(files, name));
    return needed;
  }

  private static <F> List<F> weights(List<F> files, Function<F, String> name) {
    for (Format format : Format.values()) {
      for (Pattern pattern : List.of(format.whole, format.sharded)) {
        List<F> found = files.stream().filter(file -> pattern.matcher(name.apply(file)).matches()).toList();
        if (!found.isEmpty()) {
          return found;
        }
      }
    }
    return List.of();
  }

  /**
   * What a model lacks that has only some files, in words; empty if it can be loaded.
   *
   * @param paths the places of its files
   */
  static Optional<String> lacking(Collection<String> paths) {
    if (Stream.of(CONFIG, MODULES, ADAPTER_CONFIG).noneMatch(paths::contains)) {
      return Optional.of(CONFIG);
    }
    List<String> needed = of(List.copyOf(paths), Function.identity());
    List<String> names = needed.stream().map(path -> path.substring(path.lastIndexOf('/') + 1)).toList();
    if (names.stream().noneMatch(name -> WEIGHTS.matcher(name).matches())) {
      return Optional.of("weights in safetensors, PyTorch's or ONNX's format");
    }
    for (String name : names) {
      Matcher shard = SHARD.matcher(name);
      if (shard.matches() && shards(names, shard) < Integer.parseInt(shard.group("count"))) {
        return Optional.of("some of the " + shard.group("count") + " files " + shard.group("stem") + "-*");
      }
      if (name.endsWith(".index.json")
          && names.stream().noneMatch(other -> SHARD.matcher(other).matches())) {
        return Optional.of("the files that " + name + " names");
      }
    }
    return Optional.empty();
  }

  private static long shards(List<String> names, Matcher one) {
    return names.stream().filter(name -> {
      Matcher shard = SHARD.matcher(name);
      return shard.matches() && shard.group("stem").equals(one.group("stem"))
          && shard.group("count").equals(one.group("count"));
    }).distinct().count();
  }

  /** Whether a file says how texts become tokens. */
  static boolean isTokenizer(String name) {
    return name.equals(TOKENIZER) || VOCABULARIES.contains(name);
  }
}
