package crema.cli.fuzz;

import crema.base.FileTree;
import crema.base.Keyed;
import crema.classify.ModelFamily;
import crema.cli.CommandRun;
import crema.settings.Setting;
import crema.testmodels.DrawnPictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A sound call of each command, of {@code train} one for each family: the catalog of what {@link OptionFuzzTest} gives odd
 * options, and {@link FileFuzzTest} damaged files. Words in capitals are files that {@link #prepare} writes; {@code ROWS}
 * has the columns title and label, {@code LINES} labels among words, and {@code OUT} is where the command writes.
 */
enum FuzzedCommand implements Keyed {
  /** Stays away from what is there, and trains nothing. */
  QUICKSTART("quickstart --output=MODEL"),
  /** Hyperplanes. */
  TRAIN_LINEAR("train --model=linear --train=ROWS --text=title --label=label TO --threads=1"),
  /** Lookup tables. */
  TRAIN_FASTTEXT("train --model=fasttext --epochs=1 --dim=4 --buckets=100 --train=ROWS --text=title --label=label TO "
      + "--threads=1"),
  /** A network of random numbers. */
  TRAIN_ENCODER("train --model=encoder --epochs=1 NETWORK --train=ROWS --text=title --label=label TO --threads=1"),
  /** Vectors of rows. */
  TRAIN_NEIGHBOURS("train --model=neighbours --dimensions=8 --train=ROWS --text=title --label=label TO --threads=1"),
  /** Trainings of one kind, compared. */
  TRAIN_AUTO("train --model=auto --members=words --folds=2 --fits=2 --train=ROWS --text=title --label=label TO "
      + "--threads=1"),
  /** Members of a stack, trained. */
  TRAIN_STACK("train --model=stack --models=MODEL,OTHER --train=ROWS --text=title --label=label TO --threads=1"),
  /** A network that learns from pictures alone. */
  TRAIN_IMAGE("train --model=image --epochs=1 --image-size=16 --picture-cache=CACHE --train=PHOTOS --image=photo "
      + "--label=category TO --threads=1"),
  /** Texts and pictures. */
  TRAIN_FUSION("train --model=fusion --epochs=1 NETWORK --vision-epochs=1 --picture-first-epochs=1 --fusion-epochs=1 "
      + "--fusion-size=4 --image-size=16 --picture-cache=CACHE --train=PHOTOS --text=title --image=photo "
      + "--label=category TO --threads=1"),
  /** Models that are there. */
  STACK("stack MODEL OTHER --train=ROWS --text=title --label=label --output=OUT --overwrite --quiet --threads=1"),
  /** A student of a model that is there. */
  DISTILL("distill MODEL --student=linear --data=ROWS TO --threads=1"),
  /** Two trials. */
  TUNE("tune SEARCH --trials=2 --output=OUT --quiet --threads=1 --offline"),
  /** Two configs. */
  EXPERIMENT("experiment CONFIGS --output=OUT --quiet --threads=1"),
  /** A model on rows. */
  EVALUATE("evaluate MODEL --data=ROWS --output=OUT --quiet --threads=1"),
  /** Raw rows. */
  DATA_PREVIEW("data preview ROWS --text=title --label=label"),
  /** A file of any kind. */
  DATA_DISCOVER("data discover ROWS --output=OUT --quiet"),
  /** An archive of offers. */
  DATA_LSPC("data lspc --zip=OFFERS --output=OUT --overwrite --quiet"),
  /** Offers that are made up. */
  DATA_LSPC_SAMPLE("data lspc-sample --size=20KB --output=OUT --overwrite --threads=1"),
  /** Products that are made up. */
  DATA_MARKETPLACE_SAMPLE("data marketplace-sample --records=200 --picture-size=24 --output=OUT"),
  /** Wrong answers. */
  ERRORS("errors MODEL --data=ROWS --train=ROWS --output=OUT --quiet --threads=1"),
  /** Labels that are probably wrong. */
  AUDIT("audit ROWS --text=title --label=label --output=OUT --folds=2 --quiet --threads=1"),
  /** Labels of rows. */
  PREDICT("predict MODEL --file=ROWS --format=jsonl --threads=1"),
  /** Words for and against labels. */
  EXPLAIN("explain MODEL --file=ROWS --format=jsonl --threads=1"),
  /** Hidden words. */
  PRETRAIN("pretrain --epochs=1 NETWORK --train=ROWS --text=title TO --threads=1"),
  /** Texts by a pretrained encoder. */
  PERPLEXITY("perplexity --encoder=MASKED --file=ROWS --text=title --format=jsonl --threads=1 --offline"),
  /** What a model is. */
  INFO("info MODEL"),
  /** One category more. */
  CATEGORIES_ADD("categories add NEIGHBOURS --name=new --items=ROWS --text=title --threads=1"),
  /** Those there are. */
  CATEGORIES_LIST("categories list NEIGHBOURS"),
  /** A model as a file. */
  PACK("pack MODEL --output=OUT --overwrite"),
  /** A model for other programs. */
  EXPORT("export TUNED --output=OUT --overwrite"),
  /** An adapter and its base. */
  MERGE("merge BERT ADAPTER --output=OUT --overwrite --offline"),
  /** How fast a model is. */
  LATENCY("latency MODEL --seconds=0.01 --lengths=4 --batches=1 --threads=1 --offline"),
  /** Vectors of rows. */
  EMBED("embed --encoder=BERT --file=ROWS --text=title --no-vector-cache --format=jsonl --threads=1 --offline"),
  /** The nearest rows. */
  SIMILAR("similar --encoder=BERT --among=ROWS --file=ROWS --text=title --no-vector-cache --format=jsonl --threads=1 "
      + "--offline"),
  /** Pictures of rows. */
  PICTURES("pictures PHOTOS --image=photo --size=8 --picture-cache=CACHE --threads=1"),
  /** A model that is nowhere. */
  PULL("pull none/none --offline --cache=CACHE"),
  /** Models that were fetched. */
  MODELS("models --cache=CACHE"),
  /** A tokenizer of rows. */
  TOKENIZER_TRAIN("tokenizer train --data=ROWS --text=title --vocabulary-size=280 --output=OUT --quiet --threads=1"),
  /** Languages of rows. */
  LANGID("langid --file=ROWS --text=title --format=jsonl"),
  /** Rows whose labels are no languages. */
  LANGID_TRAIN("langid-train --data=SENTENCES --output=OUT"),
  /** Lines with labels. */
  FASTTEXT_SUPERVISED("fasttext supervised -input=LINES -output=OUT SHORT"),
  /** Lines without. */
  FASTTEXT_SKIPGRAM("fasttext skipgram -input=LINES -output=OUT SHORT -minCount=1"),
  /** Lines without, the other way round. */
  FASTTEXT_CBOW("fasttext cbow -input=LINES -output=OUT SHORT -minCount=1"),
  /** A smaller model. */
  FASTTEXT_QUANTIZE(
      "fasttext quantize -output=FASTTEXT -input=LINES -retrain -cutoff=260 -epoch=1 -thread=1 -verbose=0"),
  /** A model on lines. */
  FASTTEXT_TEST("fasttext test FASTTEXT.bin LINES 1"),
  /** A model on lines, by label. */
  FASTTEXT_TEST_LABEL("fasttext test-label FASTTEXT.bin LINES 1"),
  /** Labels of lines. */
  FASTTEXT_PREDICT("fasttext predict FASTTEXT.bin LINES 2"),
  /** Labels of lines, and how probable they are. */
  FASTTEXT_PREDICT_PROB("fasttext predict-prob FASTTEXT.bin LINES 2"),
  /** Vectors of standard input. */
  FASTTEXT_PRINT_WORD_VECTORS("fasttext print-word-vectors FASTTEXT.bin"),
  /** Vectors of standard input. */
  FASTTEXT_PRINT_SENTENCE_VECTORS("fasttext print-sentence-vectors FASTTEXT.bin"),
  /** Of a word. */
  FASTTEXT_PRINT_NGRAMS("fasttext print-ngrams FASTTEXT.bin apple"),
  /** Of standard input. */
  FASTTEXT_NN("fasttext nn FASTTEXT.bin 3"),
  /** Of standard input. */
  FASTTEXT_ANALOGIES("fasttext analogies FASTTEXT.bin 3"),
  /** A model as text. */
  FASTTEXT_DUMP("fasttext dump FASTTEXT.bin dict");

  /** The file of rows. */
  static final String ROWS = "ROWS";
  private static final String LINES = "LINES";
  private static final String OUTPUTS = "OUTPUTS";
  private static final String TO = "--output=OUT --overwrite --quiet --offline";
  private static final String NETWORK =
      "--layers=1 --hidden-size=16 --heads=2 --kv-heads=1 --ffn-size=16 --vocabulary-size=270";
  private static final String SHORT = "-dim=2 -epoch=1 -bucket=10 -thread=1 -verbose=0";
  private static final int PICTURES_DRAWN = 30;
  private static final int SENTENCES_WRITTEN = 60;

  private final List<String> words;

  FuzzedCommand(String words) {
    this.words = List.of(words.replace("TO ", TO + " ").replace("NETWORK", NETWORK).replace("SHORT", SHORT).split(" "));
  }

  /** The words that name the command. */
  String command() {
    return words.stream().takeWhile(word -> word.matches("[a-z-]+") && !word.startsWith("-")).limit(
        words.getFirst().matches("data|categories|tokenizer|fasttext") ? 2 : 1).collect(Collectors.joining(" "));
  }

  /** Whether it reads a file of rows. */
  boolean readsRows() {
    return words.stream().anyMatch(word -> word.endsWith(ROWS) || word.endsWith(LINES) || word.endsWith("SENTENCES"));
  }

  /** The settings of the family that it trains; empty where the command has options of its own. */
  Set<String> settings() {
    return words.stream().filter(word -> word.startsWith("--model=")).findFirst()
        .map(word -> ModelFamily.named(word.substring(word.indexOf('=') + 1)).settings().rows().stream()
            .map(Setting::name).collect(Collectors.toSet()))
        .orElse(Set.of());
  }

  /** Where it writes. */
  Path output(Map<String, Path> files) {
    return file(files, OUTPUTS).resolve(key());
  }

  /** What a word in capitals stands for. */
  static Path file(Map<String, Path> files, String word) {
    return Objects.requireNonNull(files.get(word));
  }

  /** All words, with the files in their places. */
  List<String> arguments(Map<String, Path> files) {
    var arguments = new ArrayList<String>();
    for (String word : words) {
      String argument = word.replaceFirst("=OUT$", "=" + output(files));
      for (var file : files.entrySet()) {
        argument = argument.replaceFirst("(^|=|,)" + file.getKey() + "\\b", "$1" + file.getValue());
      }
      arguments.add(argument);
    }
    return arguments;
  }

  /** Runs the words with nothing in the way where it writes. */
  CommandRun run(Map<String, Path> files, List<String> arguments) throws IOException {
    FileTree.delete(output(files));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  /** The places of the arguments that are files without the name of an option before them. */
  List<Integer> positions() {
    var positions = new ArrayList<Integer>();
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).matches("[A-Z]+(\\.bin)?")) {
        positions.add(i);
      }
    }
    return positions;
  }

  /** Writes the files that commands take. Models are those of the corpus. */
  static Map<String, Path> prepare(Path folder) throws IOException {
    var files = new LinkedHashMap<String, Path>();
    files.put(ROWS, Corpus.folder(Format.CSV.key()).resolve("plain.csv"));
    files.put(LINES, Corpus.folder(Format.FASTTEXT_TEXT.key()).resolve("plain.txt"));
    Path models = Corpus.folder(Format.MODEL.key());
    files.put("MODEL", models.resolve("linear"));
    files.put("OTHER", models.resolve("fasttext"));
    files.put("NEIGHBOURS", copy(models.resolve("neighbours"), folder.resolve("neighbours")));
    files.put("TUNED", models.resolve("fusion/parts/text"));
    Path pretrained = Corpus.folder(Format.PRETRAINED.key());
    files.put("BERT", pretrained.resolve("bert"));
    files.put("ADAPTER", pretrained.resolve("adapted/adapter"));
    files.put("FASTTEXT", folder.resolve("fasttext"));
    Files.copy(Corpus.folder(Format.FASTTEXT_BIN.key()).resolve("supervised.bin"), folder.resolve("fasttext.bin"));
    files.put("PHOTOS", DrawnPictures.write(Files.createDirectories(folder.resolve("drawn")), PICTURES_DRAWN));
    files.put("OFFERS", folder.resolve("offers.zip"));
    CommandRun.of("data", "lspc-sample", "--size", "20KB", "--output", file(files, "OFFERS").toString());
    files.put("SENTENCES", writeSentences(folder.resolve("sentences.csv")));
    files.put(OUTPUTS, Files.createDirectories(folder.resolve("outputs")));
    files.put("CACHE", folder.resolve("cache"));
    files.put("MASKED", PRETRAIN.output(files).resolveSibling("masked"));
    List<String> pretrain = PRETRAIN.arguments(files);
    pretrain.replaceAll(word -> word.startsWith("--output") ? "--output=" + files.get("MASKED") : word);
    CommandRun.of(pretrain.toArray(String[]::new));
    writeConfigs(files, folder, file(files, ROWS));
    return files;
  }

  /** The same files with other rows. */
  static Map<String, Path> withRows(Map<String, Path> files, Path folder, Path rows) throws IOException {
    var with = new LinkedHashMap<>(files);
    with.put(ROWS, rows);
    with.put(LINES, rows);
    with.put("SENTENCES", rows);
    writeConfigs(with, folder, rows);
    return with;
  }

  private static Path writeSentences(Path file) throws IOException {
    var lines = new ArrayList<>(List.of("text,language"));
    for (int i = 0; i < SENTENCES_WRITTEN; i++) {
      lines.add(i % 2 == 0 ? "der Tag ist " + i + ",deu" : "the day is " + i + ",eng");
    }
    return Files.write(file, lines);
  }

  private static void writeConfigs(Map<String, Path> files, Path folder, Path rows) throws IOException {
    String columns = "train: " + rows + "\ntext: title\nlabel: label\n";
    files.put("SEARCH", Files.writeString(folder.resolve("search.yaml"),
        columns + "model: fasttext\nepochs: 1\ndim: {integer: [2, 4]}\nbuckets: 100\n"));
    Path configs = Files.createDirectories(folder.resolve("configs"));
    Files.writeString(configs.resolve("_defaults.yaml"), columns);
    Files.writeString(configs.resolve("linear.yaml"), "model: linear\n");
    Files.writeString(configs.resolve("fasttext.yaml"), "model: fasttext\nepochs: 1\ndim: 4\nbuckets: 100\n");
    files.put("CONFIGS", configs);
  }

  private static Path copy(Path from, Path to) throws IOException {
    for (var file : Corpus.files(from).entrySet()) {
      Path target = to.resolve(file.getKey());
      Files.createDirectories(Objects.requireNonNull(target.getParent()));
      Files.write(target, file.getValue());
    }
    return to;
  }
}
