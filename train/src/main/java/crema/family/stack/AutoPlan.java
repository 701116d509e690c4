package crema.family.stack;

import crema.base.Keyed;
import crema.base.UserError;
import crema.classify.ModelFamily;
import crema.classify.TrainingListener;
import crema.data.DataProfile;
import crema.data.ProblemListener;
import crema.data.RowSource;
import crema.data.TextColumn;
import crema.defaults.ChosenSettings;
import crema.family.encoder.EncoderFamily;
import crema.family.encoder.FineTuningSettings;
import crema.family.fasttext.FastTextFamily;
import crema.family.fasttext.FastTextSettings;
import crema.family.fusion.FusionFamily;
import crema.family.image.ImageFamily;
import crema.family.image.ImageSettings;
import crema.family.linear.FrozenSettings;
import crema.family.linear.LinearFamily;
import crema.family.linear.LinearSettings;
import crema.linear.Analyzer;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.PictureSettings;
import crema.run.RefitSettings;
import crema.run.TrainingSettings;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Which members an automatic run tries, the cheapest first. It depends on the settings and on the training rows, never on
 * the machine or the clock.
 */
final class AutoPlan {
  /** Runs of characters of longer columns are many, and say little that words do not. */
  private static final int SHORT_COLUMN = 200;
  /** From this share of letters of scripts without spaces on, what stands between spaces is no word. */
  private static final double UNSPACED = 0.3;
  /** Longer texts have words enough. */
  private static final int LONG_TEXT = 40;
  /** What a run of characters costs more than a word, as there are so many more of them. */
  private static final double COST_OF_CHARACTERS = 4;
  /** There are still more that begin in one word and end in the next. */
  private static final double COST_OF_SEQUENCES = 5;
  /** How far each weight may go is read beside it. */
  private static final double COST_OF_BAYES = 1.2;
  /** Words and pairs of words that a character makes, about. */
  private static final double TERMS_PER_CHARACTER = 1.0 / 3;
  /** How often the solver looks at a text for each label, about. */
  private static final double PASSES = 20;
  private static final double WORDS_PER_CHARACTER = 1.0 / 6;
  /** Runs of characters that a word of fastText makes, about. */
  private static final double RUNS_PER_WORD = 15;
  /** Rows of fastText's matrices are worked on so many numbers at a time; the terms of a linear model one by one. */
  private static final double LANES = 8;
  /** The share of occurrences of terms that are the first of theirs, about. */
  private static final double DISTINCT = 0.2;
  private static final int FEWEST_TERMS = 20_000;
  /** With fewer terms each, fewer members are better. */
  private static final int ENOUGH_TERMS = 50_000;
  private final Settings settings;
  private final MemoryBudget memory;
  private final int labels;
  private final DataProfile profile;
  private final String ofCharacters;
  private final List<String> columns;
  /** The characters of each column in all rows, and of their joined texts. */
  private final long[] characters;
  private long joined;
  /** Bytes for the weights of a member. */
  private double share;

  /**
   * A member to train.
   *
   * @param kind what it is
   * @param family of its model
   * @param settings of its training
   * @param cost counted operations of a training, about; 0 where they cannot be told beforehand
   */
  record Member(MemberKind kind, ModelFamily family, Settings settings, double cost) {
    /** The name. */
    String name() {
      return kind.key();
    }

    /** The same with other settings. */
    Member with(Settings other) {
      return new Member(kind, family, other, cost);
    }
  }

  /**
   * A plan.
   *
   * @param settings of the run
   * @param train its training rows
   * @param labels how many labels there are, nodes of a taxonomy included
   */
  AutoPlan(Settings settings, RowSource train, int labels) {
    this.settings = settings;
    memory = MemoryBudget.of(settings);
    this.labels = labels;
    profile = DataProfile.of(train);
    ofCharacters = (profile.unspaced() >= UNSPACED ? Analyzer.CHAR : Analyzer.CHAR_WB).key();
    columns = TextColumn.names(TextColumn.parseAll(settings.get(DataSettings.TEXT)));
    characters = new long[columns.size()];
    train.forEach(ProblemListener.SILENT, row -> {
      joined += row.text().length();
      for (int i = 0; i < Math.min(characters.length, row.fields().size()); i++) {
        characters[i] += row.fields().get(i).length();
      }
    });
  }

  /** The number of training rows. */
  long rows() {
    return profile.rows();
  }

  /** How many characters the training rows have, their columns joined. */
  long characters() {
    return joined;
  }

  /**
   * The members in the order in which they are tried: the cheapest first, of what says most.
   *
   * @param listener is told which are left out for want of memory
   * @throws UserError when none is left, or one was asked for that cannot be
   */
  List<Member> members(TrainingListener listener) {
    List<String> wanted = settings.get(AutoSettings.MEMBERS);
    var kinds = new ArrayList<MemberKind>();
    for (MemberKind kind : MemberKind.values()) {
      if (!wanted.isEmpty() ? wanted.contains(kind.key()) : hasUse(kind)) {
        kinds.add(kind);
      }
    }
    if (wanted.isEmpty()) {
      leaveOut(kinds, listener);
    }
    share = memory.share(kinds.size());
    List<Member> members = new ArrayList<>(kinds.stream().map(this::member).toList());
    // What cannot be told beforehand comes last, as it is listed.
    members.sort(Comparator.comparingInt((Member member) -> turn(member.kind()))
        .thenComparingDouble(member -> member.cost() > 0 ? member.cost() : Double.POSITIVE_INFINITY));
    members.removeIf(member -> isTooLarge(member, listener));
    if (members.isEmpty()) {
      throw settings.error(AutoSettings.MEMORY_BUDGET,
          " is too small for any of the models: give more, or fewer rows or labels");
    }
    tellOfCut(members, listener);
    return members;
  }

  /**
   * When a member is tried, before its cost is looked at: of long texts first what reads words, and what reads all there
   * is, and last what reads characters alone, which say less there.
   */
  private int turn(MemberKind kind) {
    if (profile.words().mean() <= LONG_TEXT || profile.unspaced() >= UNSPACED) {
      return 0;
    }
    return switch (kind) {
      case WORDS, COLUMNS -> 0;
      case UNION -> columns.size() > 1 ? 1 : 0;
      case BAYES, FASTTEXT, FROZEN, ENCODER, FINETUNED, IMAGE, FUSION -> 1;
      case CHARACTERS, SEQUENCES -> 2;
    };
  }

  /** Tells that there is not room for all terms that there may be. */
  private void tellOfCut(List<Member> members, TrainingListener listener) {
    List<String> cut = members.stream().filter(member -> member.family() instanceof LinearFamily)
        .filter(member -> mostTerms() < occurrences(member) * DISTINCT).map(Member::name).toList();
    if (!cut.isEmpty()) {
      listener.warning(String.format(Locale.ROOT,
          "with %,d labels memory has room for the %,d most frequent terms of %s; give more ",
          labels, mostTerms(), String.join(", ", cut)) + "--memory-budget");
    }
  }

  /** Whether a member has no room for enough terms, or its texts have none beside its weights; that is told. */
  private boolean isTooLarge(Member member, TrainingListener listener) {
    if (!(member.family() instanceof LinearFamily)) {
      return false;
    }
    int room = member.settings().get(LinearSettings.MAX_TERMS);
    if (room < FEWEST_TERMS) {
      listener.warning(String.format(Locale.ROOT,
          "%s is left out: with %,d labels it would have room for %,d terms only; give more ", member.name(), labels,
          room) + "--memory-budget");
      return true;
    }
    double needed = MemoryBudget.training(occurrences(member));
    if (share + needed > memory.room()) {
      listener.warning(String.format(Locale.ROOT,
          "%s is left out: its terms in %,d texts need about %.1f GiB beside its weights; give more ", member.name(),
          profile.rows(), needed / MemoryBudget.GIB) + "--memory-budget");
      return true;
    }
    return false;
  }

  /** The occurrences of terms in all texts, about. */
  private double occurrences(Member member) {
    return member.settings().get(LinearSettings.ANALYZERS).stream().mapToDouble(this::terms).sum();
  }

  /** Leaves out members, those that say least of their own first, until the others have room for enough terms. */
  private void leaveOut(List<MemberKind> kinds, TrainingListener listener) {
    var left = new ArrayList<String>();
    for (MemberKind kind : List.of(MemberKind.UNION, MemberKind.BAYES, MemberKind.SEQUENCES, MemberKind.COLUMNS,
        MemberKind.CHARACTERS)) {
      if (terms(memory.share(kinds.size())) < ENOUGH_TERMS
          && kinds.remove(kind)) {
        left.add(kind.key());
      }
    }
    if (!left.isEmpty()) {
      listener.warning(String.format(Locale.ROOT,
          "with %,d labels memory has no room for %s; give more --memory-budget", labels,
          String.join(", ", left)));
    }
  }

  private boolean hasUse(MemberKind kind) {
    if (columns.isEmpty() && kind != MemberKind.IMAGE) {
      return false;
    }
    return switch (kind) {
      case WORDS, BAYES, CHARACTERS, UNION, FASTTEXT -> true;
      case SEQUENCES -> !ofCharacters.equals(Analyzer.CHAR.key());
      case COLUMNS -> columns.size() > 1;
      // Where rows are few it is behind the others, and where they are many it takes long.
      case ENCODER -> false;
      case FROZEN, FINETUNED -> !settings.get(FrozenSettings.ENCODER).isEmpty();
      case IMAGE, FUSION -> PictureSettings.areGiven(settings);
    };
  }

  private Member member(MemberKind kind) {
    return switch (kind) {
      case WORDS -> linear(kind, List.of(Analyzer.WORD.key()));
      case BAYES -> bayes();
      case CHARACTERS -> linear(kind, List.of(ofCharacters));
      case SEQUENCES -> linear(kind, List.of(Analyzer.CHAR.key()));
      case UNION -> linear(kind, List.of(Analyzer.WORD.key(), ofCharacters));
      case COLUMNS -> {
        if (columns.size() < 2) {
          throw settings.error(AutoSettings.MEMBERS, ": columns needs several text columns");
        }
        yield linear(kind, columnSpaces());
      }
      case FASTTEXT -> fastText();
      case FROZEN -> frozen();
      case ENCODER -> encoder();
      case FINETUNED -> fineTuned();
      case IMAGE -> image();
      case FUSION -> fusion();
    };
  }

  /** The words of all columns, of each column, and the runs of characters of those that are short. */
  private List<String> columnSpaces() {
    var spaces = new ArrayList<>(List.of(Analyzer.WORD.key() + ":*"));
    columns.forEach(column -> spaces.add(Analyzer.WORD.key() + ":" + column));
    for (int i = 0; i < columns.size(); i++) {
      if (characters[i] <= profile.rows() * SHORT_COLUMN) {
        spaces.add(ofCharacters + ":" + columns.get(i));
      }
    }
    return spaces;
  }

  private Member linear(MemberKind kind, List<String> spaces) {
    return linear(kind, spaces,
        shared(new LinearFamily()).with(LinearSettings.FEATURE_WEIGHTS, LinearSettings.Features.NONE));
  }

  private Member linear(MemberKind kind, List<String> spaces, Settings given) {
    var family = new LinearFamily();
    double terms = spaces.stream().mapToDouble(this::terms).sum();
    Settings own = given.with(LinearSettings.ANALYZERS, spaces)
        .with(LinearSettings.MAX_TERMS, mostTerms() / spaces.size());
    return new Member(kind, family, chosen(family, own), terms * PASSES * labels);
  }

  /** Of long texts words alone: their runs of characters take long, and each says little by itself. */
  private Member bayes() {
    Member member = linear(MemberKind.BAYES, profile.words().mean() > LONG_TEXT ? List.of(Analyzer.WORD.key())
        : List.of(Analyzer.WORD.key(), ofCharacters),
        shared(new LinearFamily()).with(LinearSettings.FEATURE_WEIGHTS, LinearSettings.Features.BAYES));
    return new Member(member.kind(), member.family(), member.settings(), member.cost() * COST_OF_BAYES);
  }

  /** The terms that an analyzer makes of all texts, about. */
  private double terms(String space) {
    String[] parts = space.split(":", 2);
    long read = parts.length == 1 || parts[1].equals("*") ? joined : characters[columns.indexOf(parts[1])];
    return read * TERMS_PER_CHARACTER * switch (Keyed.find(Analyzer.class, parts[0], "analyzer")) {
      case WORD -> 1;
      case CHAR_WB -> COST_OF_CHARACTERS;
      case CHAR -> COST_OF_SEQUENCES;
    };
  }

  private int mostTerms() {
    return terms(share);
  }

  /** The terms that there is room for in so many bytes of weights. */
  private int terms(double bytes) {
    return (int) Math.min(Integer.MAX_VALUE / 2, bytes / Float.BYTES / Math.max(1, labels));
  }

  /** With the settings that suit the rows, but no more buckets than there is memory for. */
  private Member fastText() {
    var family = new FastTextFamily();
    Settings own = chosen(family, shared(family));
    double room = share / Float.BYTES / own.get(FastTextSettings.DIM);
    double read = joined * WORDS_PER_CHARACTER
        * (own.get(FastTextSettings.WORD_NGRAMS) + (own.get(FastTextSettings.MAXN) > 0 ? RUNS_PER_WORD : 0));
    double written = (double) profile.rows() * labels;
    double cost = (read + written) * own.get(FastTextSettings.DIM) * own.get(TrainingSettings.EPOCHS) / LANES;
    return new Member(MemberKind.FASTTEXT, family, own.with(FastTextSettings.BUCKETS,
        (int) Math.min(own.get(FastTextSettings.BUCKETS), Math.max(1, room))), cost);
  }

  /** The same with values that suit the training rows, where there are none. */
  private Settings chosen(ModelFamily family, Settings own) {
    return ChosenSettings.of(family.defaultRules(), family.resolved(own), profile).settings();
  }

  private Member frozen() {
    requireEncoder(MemberKind.FROZEN);
    var family = new LinearFamily();
    Settings own = copied(shared(family), FrozenSettings.SECTION.rows())
        .with(LinearSettings.ANALYZERS, Analyzer.WORD.key(), ofCharacters)
        .with(LinearSettings.MAX_TERMS, mostTerms() / 2);
    return new Member(MemberKind.FROZEN, family, chosen(family, own), 0);
  }

  private Member encoder() {
    var family = new EncoderFamily();
    return new Member(MemberKind.ENCODER, family,
        chosen(family, SmallEncoder.of(shared(family), profile.rows())), 0);
  }

  private Member fineTuned() {
    requireEncoder(MemberKind.FINETUNED);
    var family = new EncoderFamily();
    Settings own = shared(family).without(DataSettings.LOWERCASE)
        .with(FineTuningSettings.ENCODER, settings.get(FrozenSettings.ENCODER).getFirst());
    return new Member(MemberKind.FINETUNED, family, chosen(family, own), 0);
  }

  private Member image() {
    requirePictures(MemberKind.IMAGE);
    var family = new ImageFamily();
    Settings own = copied(copied(shared(family).without(DataSettings.LOWERCASE), PictureSettings.SECTION.rows()),
        List.of(ImageSettings.VISION, ImageSettings.IMAGE_SIZE, FrozenSettings.VECTOR_CACHE));
    return new Member(MemberKind.IMAGE, family, chosen(family, own), 0);
  }

  private Member fusion() {
    requirePictures(MemberKind.FUSION);
    if (columns.isEmpty()) {
      throw settings.error(AutoSettings.MEMBERS, ": fusion needs a text beside its pictures: name it with --text");
    }
    var family = new FusionFamily();
    Settings own = copied(copied(shared(family), PictureSettings.SECTION.rows()),
        List.of(ImageSettings.VISION, ImageSettings.IMAGE_SIZE));
    return new Member(MemberKind.FUSION, family, chosen(family, own), 0);
  }

  private void requirePictures(MemberKind kind) {
    if (!PictureSettings.areGiven(settings)) {
      throw settings.error(AutoSettings.MEMBERS,
          ": " + kind.key() + " needs a column of pictures: name it with --image");
    }
  }

  private void requireEncoder(MemberKind kind) {
    if (settings.get(FrozenSettings.ENCODER).isEmpty()) {
      throw settings.error(AutoSettings.MEMBERS,
          ": " + kind.key() + " needs a pretrained encoder: give one with --encoder");
    }
  }

  /** A family's settings with those of the run that are about rows and labels. */
  private Settings shared(ModelFamily family) {
    Settings own = family.settings();
    own = copied(own, DataSettings.SECTION.rows());
    own = copied(own, LabelSettings.SECTION.rows());
    own = copied(own, Languages.SECTION.rows());
    own = copied(own, List.of(TrainingSettings.SEED));
    // Members are given all rows there are.
    own = RefitSettings.without(own);
    return own.with(DataSettings.LOWERCASE, settings.get(DataSettings.LOWERCASE))
        .without(DataSettings.VALIDATION_FRACTION).without(DataSettings.TEST_FRACTION);
  }

  private Settings copied(Settings to, List<Setting<?>> rows) {
    Settings all = to;
    for (Setting<?> row : rows) {
      all = all.withGiven(row, settings);
    }
    return all;
  }
}
