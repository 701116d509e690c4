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
import crema.family.linear.FrozenSettings;
import crema.family.linear.LinearFamily;
import crema.family.linear.LinearSettings;
import crema.linear.Analyzer;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.RefitSettings;
import crema.run.TrainingSettings;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which members an automatic run tries, the cheapest first. It depends on the settings and on the training rows, never on
 * the machine or the clock.
 */
final class AutoPlan {
  /** Runs of characters of longer columns are many, and say little that words do not. */
  private static final int SHORT_COLUMN = 200;
  /** From this share of letters of scripts without spaces on, what stands between spaces is no word. */
  private static final double UNSPACED = 0.3;
  /** What a run of characters costs more than a word, as there are so many more of them. */
  private static final double COST_OF_CHARACTERS = 4;
  /** There are still more that begin in one word and end in the next. */
  private static final double COST_OF_SEQUENCES = 5;
  /** A model is there three times while it is trained: the weights, what the solver keeps, and what is written. */
  private static final int COPIES = 3;
  private static final int FEWEST_TERMS = 20_000;
  private static final double GIB = 1L << 30;

  private final Settings settings;
  private final int labels;
  private final DataProfile profile;
  private final String ofCharacters;
  private final List<String> columns;
  /** The characters of each column in all rows, and of their joined texts. */
  private final long[] characters;
  private long joined;

  /**
   * A member to train.
   *
   * @param kind what it is
   * @param family of its model
   * @param settings of its training
   * @param cost of a training, beside those of the others of its family; without a unit
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

  /**
   * The members, the cheapest first.
   *
   * @param listener is told which are left out for want of memory
   * @throws UserError when none is left, or one was asked for that cannot be
   */
  List<Member> members(TrainingListener listener) {
    List<String> wanted = settings.get(AutoSettings.MEMBERS);
    var linear = new ArrayList<Member>();
    var others = new ArrayList<Member>();
    for (MemberKind kind : MemberKind.values()) {
      if (!wanted.isEmpty() ? wanted.contains(kind.key()) : hasUse(kind)) {
        (kind.compareTo(MemberKind.COLUMNS) <= 0 ? linear : others).add(member(kind));
      }
    }
    linear.sort(Comparator.comparingDouble(Member::cost));
    linear.addAll(others);
    linear.removeIf(member -> {
      boolean isTooLarge = member.family() instanceof LinearFamily
          && member.settings().get(LinearSettings.MAX_TERMS) < FEWEST_TERMS;
      if (isTooLarge) {
        listener.warning("%s is left out: with %,d labels it would have room for %,d terms only; give more "
            .formatted(member.name(), labels, member.settings().get(LinearSettings.MAX_TERMS)) + "--memory-budget");
      }
      return isTooLarge;
    });
    if (linear.isEmpty()) {
      throw settings.error(AutoSettings.MEMORY_BUDGET,
          " is too small for any of the models: give more, or fewer labels");
    }
    return linear;
  }

  private boolean hasUse(MemberKind kind) {
    return switch (kind) {
      case WORDS, CHARACTERS, UNION, FASTTEXT -> true;
      case SEQUENCES -> !ofCharacters.equals(Analyzer.CHAR.key());
      case COLUMNS -> columns.size() > 1;
      // Where rows are few it is behind the others, and where they are many it takes long.
      case ENCODER -> false;
      case FROZEN, FINETUNED -> !settings.get(FrozenSettings.ENCODER).isEmpty();
    };
  }

  private Member member(MemberKind kind) {
    return switch (kind) {
      case WORDS -> linear(kind, List.of(Analyzer.WORD.key()));
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
    var family = new LinearFamily();
    double cost = spaces.stream().mapToDouble(this::cost).sum();
    Settings own = shared(family).with(LinearSettings.ANALYZERS, spaces)
        .with(LinearSettings.MAX_TERMS, mostTerms() / spaces.size());
    return new Member(kind, family, chosen(family, own), cost);
  }

  /** The characters that an analyzer reads, weighed by how many terms it makes of them. */
  private double cost(String space) {
    String[] parts = space.split(":", 2);
    long read = parts.length == 1 || parts[1].equals("*") ? joined : characters[columns.indexOf(parts[1])];
    return read * switch (Keyed.find(Analyzer.class, parts[0], "analyzer")) {
      case WORD -> 1;
      case CHAR_WB -> COST_OF_CHARACTERS;
      case CHAR -> COST_OF_SEQUENCES;
    };
  }

  private int mostTerms() {
    double weights = settings.get(AutoSettings.MEMORY_BUDGET) * GIB / COPIES / Float.BYTES;
    return (int) Math.min(Integer.MAX_VALUE / 2, weights / Math.max(1, labels));
  }

  /** With the settings that suit the rows, but no more buckets than there is memory for. */
  private Member fastText() {
    var family = new FastTextFamily();
    Settings own = chosen(family, shared(family));
    double room = settings.get(AutoSettings.MEMORY_BUDGET) * GIB / COPIES / Float.BYTES / own.get(FastTextSettings.DIM);
    return new Member(MemberKind.FASTTEXT, family, own.with(FastTextSettings.BUCKETS,
        (int) Math.min(own.get(FastTextSettings.BUCKETS), Math.max(1, room))), 1);
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
    return new Member(MemberKind.FROZEN, family, chosen(family, own), 1);
  }

  private Member encoder() {
    var family = new EncoderFamily();
    return new Member(MemberKind.ENCODER, family,
        chosen(family, SmallEncoder.of(shared(family), profile.rows())), 1);
  }

  private Member fineTuned() {
    requireEncoder(MemberKind.FINETUNED);
    var family = new EncoderFamily();
    Settings own = shared(family).without(DataSettings.LOWERCASE)
        .with(FineTuningSettings.ENCODER, settings.get(FrozenSettings.ENCODER).getFirst());
    return new Member(MemberKind.FINETUNED, family, chosen(family, own), 1);
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
