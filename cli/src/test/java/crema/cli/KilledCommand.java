package crema.cli;

import crema.base.Keyed;
import crema.testmodels.DrawnPictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The commands that go on after they were killed, of every family: the catalog of what {@link KilledRuns} kills. In a
 * command, words in capitals are files of the folder that {@link #prepare} fills.
 */
enum KilledCommand implements Keyed {
  /** A choice of C by cross-validation. */
  LINEAR("train --model linear --C 0.3,1,3 --folds 2 --train ROWS --text title --label category"),
  /** Hyperplanes that are shifted on the validation rows. */
  LINEAR_MULTI("train --model linear --target multi --shift --linear-loss logistic --train ROWS --text title "
      + "--label category"),
  /** Models of stages. */
  STAGES("train --model linear --two-stage c0 --train ROWS --text title --label category"),
  /** A family whose checkpoints are by time. */
  FASTTEXT("train --model fasttext --dim 16 --epochs 60 --checkpoint-minutes 0.002 --train ROWS --text title "
      + "--label category"),
  /** An encoder that begins with random numbers. */
  ENCODER("train --model encoder --epochs 3 SMALL --checkpoint-steps 3 --train ROWS --text title --label category"),
  /** Rows of vectors, and an index over them. */
  NEIGHBOURS("train --model neighbours --dimensions 32 --index hnsw --train ROWS --text title --label category"),
  /** Several trainings, of which one is chosen. */
  AUTO("train --model auto --fits 5 --train ROWS --text title --label category"),
  /** Texts without labels. */
  PRETRAIN("pretrain --epochs 2 SMALL --checkpoint-steps 3 --train ROWS --text title"),
  /** A pretrained encoder, all of it trained. */
  FINE_TUNED("train --model encoder --encoder BERT --epochs 3 --batch-size 16 --checkpoint-steps 3 --train ROWS "
      + "--text title --label category"),
  /** Low-rank adapters beside a pretrained encoder. */
  LORA("train --model encoder --encoder BERT --lora 4 --epochs 3 --batch-size 16 --checkpoint-steps 3 --train ROWS "
      + "--text title --label category"),
  /** Pairs of texts, and a head that is fitted to their vectors. */
  PAIRS("train --model encoder --encoder BERT --pairs multiple-negatives --pair-iterations 1 --batch-size 16 "
      + "--checkpoint-steps 3 --train ROWS --text title --label category"),
  /** A head on vectors that are made once. */
  FROZEN_HEAD("train --model encoder --encoder BERT --freeze-encoder --head-size 16 --epochs 40 --batch-size 16 "
      + "--vector-cache VECTORS --checkpoint-steps 20 --train ROWS --text title --label category"),
  /** Hyperplanes on vectors of a pretrained encoder. */
  FROZEN_LINEAR("train --model linear --encoder BERT --vector-cache VECTORS --C 0.3,1 --train ROWS --text title "
      + "--label category"),
  /** A network of pictures that begins with random numbers. */
  IMAGE("train --model image --image-size 16 --epochs 6 --batch-size 16 --checkpoint-steps 3 --picture-cache PICTURES "
      + "--train PHOTOS --image photo --label category"),
  /** A head on vectors of pictures that are made once. */
  FROZEN_IMAGE("train --model image --vision CLIP --epochs 60 --batch-size 16 --checkpoint-steps 20 "
      + "--vector-cache VECTORS --picture-cache PICTURES --train PHOTOS --image photo --label category"),
  /** A pretrained network of pictures, all of it trained. */
  FINE_TUNED_IMAGE("train --model image --vision CLIP --fine-tune-vision --epochs 8 --batch-size 16 "
      + "--checkpoint-steps 3 --picture-cache PICTURES --train PHOTOS --image photo --label category"),
  /** Texts and pictures: a model of each, and what joins them. */
  FUSION("train --model fusion --fusion attention SMALL --epochs 2 --image-size 16 --vision-epochs 2 "
      + "--picture-first-epochs 2 --fusion-epochs 4 --checkpoint-steps 3 --picture-cache PICTURES --train PHOTOS "
      + "--text title --image photo --label category"),
  /** A stack of models that are there. */
  STACK("stack MODEL SECOND --train ROWS --text title --label category"),
  /** What a teacher says, and a student. */
  DISTILL("distill MODEL --data TEXTS --student fasttext --epochs 20 --checkpoint-minutes 0.002"),
  /** A search for settings. */
  TUNE("tune SEARCH --trials 4"),
  /** Several heads beside one encoder. */
  TASKS("train --config TASKS --checkpoint-steps 3"),
  /** A run for each config. */
  EXPERIMENT("experiment CONFIGS");

  /** Those that every build kills: one of each way to go on. */
  static final List<KilledCommand> OF_EACH_BUILD =
      List.of(LINEAR, LINEAR_MULTI, STAGES, FASTTEXT, ENCODER, NEIGHBOURS, AUTO, PRETRAIN, FUSION, STACK, DISTILL,
          TUNE);
  private static final int ROWS = 240;
  private static final int PHOTOS = 90;
  private static final String SMALL = "--hidden-size 16 --heads 2 --kv-heads 1 --ffn-size 16 --layers 1 "
      + "--vocabulary-size 300 --batch-size 16";

  private final String command;

  KilledCommand(String command) {
    this.command = command;
  }

  /** Whether the same command is given again to go on; others have a flag for that. */
  private boolean isRepeated() {
    return this == TUNE || this == EXPERIMENT;
  }

  /** The command, as it is started. */
  List<String> start(Map<String, Path> files, Path output) {
    var arguments = new ArrayList<String>();
    for (String word : command.replace("SMALL", SMALL).split(" ")) {
      arguments.add(files.containsKey(word) ? files.get(word).toString() : word);
    }
    return to(output, arguments);
  }

  /** The command that goes on, or begins where nothing was written yet. */
  List<String> next(Map<String, Path> files, Path output) {
    boolean isBegun = Files.exists(output.resolve("train.yaml")) || Files.exists(output.resolve("training.json"));
    return isRepeated() || !isBegun ? start(files, output)
        : to(output, List.of(this == PRETRAIN ? "pretrain" : "train", "--resume"));
  }

  private static List<String> to(Path output, List<String> arguments) {
    return Stream.concat(arguments.stream(), Stream.of("--output", output.toString(), "--threads", "1")).toList();
  }

  /** Writes rows, configs and a pretrained encoder, and trains the models that commands take. */
  static Map<String, Path> prepare(Path folder) throws IOException {
    var files = new LinkedHashMap<String, Path>();
    List<String> rows = rows();
    files.put("ROWS", Files.write(folder.resolve("rows.csv"), rows));
    var texts = new ArrayList<>(List.of("title"));
    rows.stream().skip(1).map(row -> "new " + row.substring(0, row.indexOf(','))).forEach(texts::add);
    files.put("TEXTS", Files.write(folder.resolve("texts.csv"), texts));
    files.put("BERT", TinyBert.bert(folder));
    files.put("VECTORS", folder.resolve("vectors"));
    files.put("PHOTOS", DrawnPictures.write(folder.resolve("drawn"), PHOTOS));
    files.put("CLIP", TinyClip.write(folder));
    files.put("PICTURES", folder.resolve("pictures"));
    files.put("MODEL", trained(folder, "words", "--analyzer", "word"));
    files.put("SECOND", trained(folder, "characters", "--analyzer", "char_wb"));
    String columns = "train: " + folder.resolve("rows.csv") + "\ntext: title\nlabel: category\n";
    files.put("SEARCH", Files.writeString(folder.resolve("search.yaml"),
        columns + "model: fasttext\ndim: {integer: [4, 8]}\nepochs: {integer: [5, 20]}\n"));
    files.put("TASKS", Files.writeString(folder.resolve("tasks.yaml"), """
        model: encoder
        encoder: %s
        epochs: 3
        batch-size: 16
        tasks:
          category:
            train: %s
            text: title
            label: category
          size:
            train: %2$s
            text: title
            label: size
        """.formatted(files.get("BERT"), files.get("ROWS"))));
    Path configs = Files.createDirectories(folder.resolve("configs"));
    Files.writeString(configs.resolve("_defaults.yaml"), columns);
    Files.writeString(configs.resolve("linear.yaml"), "model: linear\nC: [0.3, 1]\n");
    Files.writeString(configs.resolve("fasttext.yaml"),
        "model: fasttext\ndim: 8\nepochs: 20\ncheckpoint-minutes: 0.002\n");
    files.put("CONFIGS", configs);
    return files;
  }

  private static Path trained(Path folder, String name, String... more) {
    Path model = folder.resolve(name);
    var arguments = new ArrayList<>(List.of("train", "--model", "linear", "--train",
        folder.resolve("rows.csv").toString(), "--text", "title", "--label", "category", "--quiet"));
    arguments.addAll(Arrays.asList(more));
    CommandRun run = CommandRun.of(to(model, arguments).toArray(String[]::new));
    if (run.code() != 0) {
      throw new AssertionError(run.err());
    }
    return model;
  }

  private static List<String> rows() {
    List<String> names = List.of("washing machine", "digital camera", "pocket watch", "garden hose");
    List<String> words = List.of("black", "large", "deluxe", "mini", "silver", "pro", "classic", "sport");
    var random = new Random(7);
    var lines = new ArrayList<>(List.of("title,category,size"));
    for (int row = 0; row < ROWS; row++) {
      int category = random.nextInt(names.size());
      int word = random.nextInt(words.size());
      lines.add(words.get(word) + " " + names.get(category) + " " + words.get(random.nextInt(words.size())) + " " + row
          + ",c" + category + "," + (word % 2 == 0 ? "small" : "large"));
    }
    return lines;
  }
}
