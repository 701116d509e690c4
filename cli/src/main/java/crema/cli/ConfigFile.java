package crema.cli;

import crema.base.UserError;
import crema.run.DataSettings;
import crema.run.TaskSettings;
import crema.settings.Assignment;
import crema.settings.Member;
import crema.settings.Origin;
import crema.tune.WrittenRange;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads a config file: YAML that is one mapping from keys to values or lists of values, or, where a key is for several
 * things with names, to mappings of these. It is read as a stream of
 * events, so nothing in the file is built into objects, expanded or nested; anchors, aliases and further documents are
 * refused.
 */
final class ConfigFile {
  private static final long MAX_BYTES = 1 << 20;
  /** Settings of things that have names. */
  private static final Set<String> MAPPINGS = Set.of(TaskSettings.TASKS.name(), DataSettings.RECIPE.name());
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

  private final Path path;
  private final Iterator<Event> events;
  private final Map<String, Integer> lines = new HashMap<>();
  private final boolean mayHaveRanges;
  private final List<WrittenRange> ranges = new ArrayList<>();

  private ConfigFile(Path path, Iterator<Event> events, boolean mayHaveRanges) {
    this.path = path;
    this.events = events;
    this.mayHaveRanges = mayHaveRanges;
  }

  /**
   * The settings of a file, of which some have a range in place of a value.
   *
   * @param values those that have a value, by their keys
   * @param ranges the others
   */
  record Ranged(Map<String, Assignment> values, List<WrittenRange> ranges) {}

  /**
   * The settings of a file by their keys, in its order.
   *
   * @throws UserError when it is not such a file; the message names the line
   */
  static Map<String, Assignment> read(Path path) throws IOException {
    return parse(path, text(path));
  }

  /**
   * The settings of a file that may have ranges, such as {@code learning-rate: {log: [1e-5, 1e-3]}}.
   *
   * @throws UserError when it is not such a file; the message names the line
   */
  static Ranged readRanged(Path path) throws IOException {
    return parse(path, text(path), true);
  }

  private static String text(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new UserError(path + " is a directory, not a config file");
    }
    if (Files.size(path) > MAX_BYTES) {
      throw new UserError(path + " is no config file: it is larger than 1 MiB");
    }
    try {
      return Files.readString(path);
    } catch (CharacterCodingException e) {
      throw new UserError(path + " is not UTF-8 text", e);
    }
  }

  /** The settings in the text of a file. */
  static Map<String, Assignment> parse(Path path, String text) {
    return parse(path, text, false).values();
  }

  private static Ranged parse(Path path, String text, boolean mayHaveRanges) {
    try {
      // The parser fails on a character of two units that its buffer cuts apart, so all of the text has to fit in.
      var settings = LoadSettings.builder().setLabel(path.toString()).setBufferSize(text.length() + 1).build();
      var file = new ConfigFile(path, new ParserImpl(settings, new StreamReader(settings, text)), mayHaveRanges);
      return new Ranged(file.settings(), file.ranges);
    } catch (MarkedYamlEngineException e) {
      throw Origin.line(path, line(e.getProblemMark())).error(e.getProblem());
    } catch (YamlEngineException e) {
      throw new UserError(path + " is not YAML: " + e.getMessage(), e);
    }
  }

  private Map<String, Assignment> settings() {
    expect(Event.ID.StreamStart);
    var settings = new LinkedHashMap<String, Assignment>();
    if (events.next().getEventId() == Event.ID.StreamEnd) {
      return settings;
    }
    Event root = events.next();
    if (root instanceof ScalarEvent scalar && isNull(scalar)) {
      expect(Event.ID.DocumentEnd);
    } else {
      if (root.getEventId() != Event.ID.MappingStart) {
        throw mistake(root, "expected 'key: value'");
      }
      refuseAnchor(root);
      for (Event key = events.next(); key.getEventId() != Event.ID.MappingEnd; key = events.next()) {
        add(key, settings);
      }
      expect(Event.ID.DocumentEnd);
    }
    expect(Event.ID.StreamEnd);
    return settings;
  }

  private void add(Event keyEvent, Map<String, Assignment> settings) {
    String key = scalar(keyEvent, "a key");
    Event value = events.next();
    var values = new ArrayList<String>();
    boolean isMapping = value.getEventId() == Event.ID.MappingStart;
    boolean hasMembers = isMapping && MAPPINGS.contains(key);
    boolean isRange = isMapping && !hasMembers && mayHaveRanges;
    boolean isList = hasMembers || value.getEventId() == Event.ID.SequenceStart;
    if (hasMembers) {
      refuseAnchor(value);
      addMembers(key, values);
    } else if (isRange) {
      refuseAnchor(value);
      addRange(key, Origin.line(path, line(keyEvent.getStartMark())));
    } else {
      values.addAll(values(value, key));
    }
    int line = line(keyEvent.getStartMark());
    Integer earlier = lines.put(key, line);
    if (earlier != null) {
      throw mistake(keyEvent, key + " stands twice: it is in line " + earlier + " too");
    }
    if (!isRange) {
      settings.put(key, new Assignment(key, values, isList, Origin.line(path, line)));
    }
  }

  /** A mapping from the kind of a range to a list: its ends, or what there is to choose from, which may be lists. */
  private void addRange(String key, Origin origin) {
    String scale = scalar(events.next(), "a kind of range of " + key);
    Event list = events.next();
    if (list.getEventId() != Event.ID.SequenceStart) {
      throw mistake(list, key + "." + scale + " must be a list");
    }
    refuseAnchor(list);
    var values = new ArrayList<Assignment>();
    for (Event item = events.next(); item.getEventId() != Event.ID.SequenceEnd; item = events.next()) {
      boolean isList = item.getEventId() == Event.ID.SequenceStart;
      values.add(new Assignment(key, values(item, key), isList, origin));
    }
    Event end = events.next();
    if (end.getEventId() != Event.ID.MappingEnd) {
      throw mistake(end, key + " has two ranges: it needs one");
    }
    ranges.add(new WrittenRange(key, scale, values, origin));
  }

  /** A single value or a list. */
  private List<String> values(Event value, String key) {
    if (value.getEventId() != Event.ID.SequenceStart) {
      return List.of(scalar(value, "the value of " + key));
    }
    refuseAnchor(value);
    var values = new ArrayList<String>();
    for (Event item = events.next(); item.getEventId() != Event.ID.SequenceEnd; item = events.next()) {
      values.add(scalar(item, "an item of " + key));
    }
    return values;
  }

  /** The settings of things that have names: the only values that are mappings. */
  private void addMembers(String key, List<String> into) {
    var names = new HashSet<String>();
    for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
      String name = scalar(event, "a name in " + key);
      if (!names.add(name)) {
        throw mistake(event, key + " has '" + name + "' twice");
      }
      Event members = events.next();
      if (members.getEventId() != Event.ID.MappingStart) {
        throw mistake(members, key + "." + name + " must be a mapping of settings to values");
      }
      refuseAnchor(members);
      var settings = new HashSet<String>();
      for (Event member = events.next(); member.getEventId() != Event.ID.MappingEnd; member = events.next()) {
        String setting = scalar(member, "a setting of " + key + "." + name);
        if (!settings.add(setting)) {
          throw mistake(member, key + "." + name + " has " + setting + " twice");
        }
        values(events.next(), key + "." + name + "." + setting)
            .forEach(value -> into.add(Member.text(name, setting, value)));
      }
    }
  }

  private String scalar(Event event, String what) {
    refuseAnchor(event);
    if (!(event instanceof ScalarEvent scalar)) {
      throw mistake(event, what + " must be a single value");
    }
    if (isNull(scalar)) {
      throw mistake(event, what + " is missing");
    }
    return scalar.getValue();
  }

  private void refuseAnchor(Event event) {
    if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
      throw mistake(event, "anchors and aliases (& and *) cannot be used; quote the value if it begins so");
    }
  }

  private static boolean isNull(ScalarEvent scalar) {
    return scalar.isPlain() && NULLS.contains(scalar.getValue());
  }

  private void expect(Event.ID id) {
    Event event = events.next();
    if (event.getEventId() != id) {
      throw mistake(event, "expected the end: a config file is one mapping of keys to values");
    }
  }

  private UserError mistake(Event event, String what) {
    return Origin.line(path, line(event.getStartMark())).error(what);
  }

  private static int line(Optional<Mark> mark) {
    return mark.map(Mark::getLine).orElse(0) + 1;
  }
}
