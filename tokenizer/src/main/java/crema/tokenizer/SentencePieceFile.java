package crema.tokenizer;

import static crema.tokenizer.JsonPart.quote;

import crema.base.ByteSource;
import crema.base.json.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;

/**
 * Reads a model of SentencePiece, a protobuf message {@code ModelProto}: Unigram or BPE with its normalizer. Normalizing
 * takes the longest rule, as SentencePiece does, where the same rules in a {@code tokenizer.json} take the shortest.
 *
 * <p>Source: {@code sentencepiece_model.proto} of google/sentencepiece.
 */
final class SentencePieceFile {
  private static final long MAX_FILE_BYTES = 256L << 20;
  private static final String SPACE = "\u2581";

  /** The kinds of pieces, by their numbers in the file. */
  private enum Kind {
    NONE, NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE
  }

  private enum Algorithm {
    NONE, UNIGRAM, BPE, WORD, CHAR
  }

  private final String source;
  private final List<String> pieces = new ArrayList<>();
  private double[] scores = new double[1024];
  private final List<Kind> kinds = new ArrayList<>();
  private Algorithm algorithm = Algorithm.UNIGRAM;
  private boolean byteFallback;
  private byte[] charsMap = {};
  private boolean addDummyPrefix = true;
  private boolean removeExtraSpaces = true;
  private boolean escapeSpaces = true;

  private SentencePieceFile(String source) {
    this.source = source;
  }

  static Tokenizer read(ByteSource file, PieceOrder order) throws IOException {
    if (file.size() > MAX_FILE_BYTES) {
      throw new TokenizerFormatException(
          file + ": has " + file.size() + " bytes; a SentencePiece model has at most " + MAX_FILE_BYTES);
    }
    byte[] bytes;
    try (var in = file.open()) {
      bytes = in.readNBytes((int) file.size());
    }
    var model = new SentencePieceFile(file.name());
    model.readModel(new Message(file.name(), "model", ByteBuffer.wrap(bytes)));
    if (order != PieceOrder.STORED) {
      model.arrange(order);
    }
    return model.tokenizer();
  }

  private void readModel(Message model) {
    while (model.next()) {
      switch (model.field()) {
        case 1 -> readPiece(model.message("pieces[" + pieces.size() + "]"));
        case 2 -> readTrainer(model.message("trainer_spec"));
        case 3 -> readNormalizer(model.message("normalizer_spec"));
        default -> model.skip();
      }
    }
    if (pieces.isEmpty()) {
      throw new TokenizerFormatException(source + ": has no pieces; it is not a SentencePiece model");
    }
  }

  /** Puts special tokens around the pieces. */
  private void arrange(PieceOrder order) {
    if (pieces.size() < order.dropped()) {
      throw new TokenizerFormatException(source + ": has " + pieces.size() + " pieces; a model of this kind has more");
    }
    var stored = List.copyOf(pieces);
    var storedKinds = List.copyOf(kinds);
    var storedScores = scores;
    pieces.clear();
    kinds.clear();
    scores = new double[stored.size() + order.front().size() + 1];
    for (var token : order.front()) {
      pieces.add(token);
      kinds.add(token.equals("<unk>") ? Kind.UNKNOWN : Kind.CONTROL);
    }
    for (int id = order.dropped(); id < stored.size(); id++) {
      scores[pieces.size()] = storedScores[id];
      var isUnknown = storedKinds.get(id) == Kind.UNKNOWN;
      pieces.add(isUnknown ? order.unknown() : stored.get(id));
      kinds.add(isUnknown ? Kind.UNUSED : storedKinds.get(id));
    }
    pieces.add(PieceOrder.MASK);
    kinds.add(Kind.CONTROL);
  }

  private void readPiece(Message message) {
    var piece = "";
    float score = 0;
    var kind = Kind.NORMAL;
    while (message.next()) {
      switch (message.field()) {
        case 1 -> piece = message.string();
        case 2 -> score = message.float32();
        case 3 -> kind = message.constant(Kind.values());
        default -> message.skip();
      }
    }
    if (!Float.isFinite(score)) {
      throw message.wrong("its score is " + score);
    }
    if (pieces.size() == scores.length) {
      scores = Arrays.copyOf(scores, 2 * scores.length);
    }
    scores[pieces.size()] = score;
    pieces.add(piece);
    kinds.add(kind);
  }

  private void readTrainer(Message message) {
    while (message.next()) {
      switch (message.field()) {
        case 3 -> algorithm = message.constant(Algorithm.values());
        case 35 -> byteFallback = message.varint() != 0;
        default -> message.skip();
      }
    }
    if (algorithm != Algorithm.UNIGRAM && algorithm != Algorithm.BPE) {
      throw message.wrong("the model type " + algorithm + " is not supported; supported: UNIGRAM, BPE");
    }
  }

  private void readNormalizer(Message message) {
    while (message.next()) {
      switch (message.field()) {
        case 2 -> charsMap = message.bytes();
        case 3 -> addDummyPrefix = message.varint() != 0;
        case 4 -> removeExtraSpaces = message.varint() != 0;
        case 5 -> escapeSpaces = message.varint() != 0;
        default -> message.skip();
      }
    }
  }

  private Tokenizer tokenizer() {
    var ids = new HashMap<String, Integer>();
    for (int id = 0; id < pieces.size(); id++) {
      var other = ids.putIfAbsent(pieces.get(id), id);
      if (other != null) {
        throw new TokenizerFormatException(source + ": pieces[" + other + "] and pieces[" + id + "] are both "
            + quote(pieces.get(id)));
      }
    }
    var unknown = kinds.indexOf(Kind.UNKNOWN);
    if (unknown < 0) {
      throw new TokenizerFormatException(source + ": has no piece of the kind UNKNOWN");
    }
    var added = new ArrayList<AddedToken>();
    for (int id = 0; id < pieces.size(); id++) {
      if (kinds.get(id) == Kind.CONTROL || kinds.get(id) == Kind.UNKNOWN) {
        // SentencePiece itself never finds these in a text; Hugging Face's tools do.
        if (!pieces.get(id).isEmpty()) {
          added.add(AddedToken.special(id, pieces.get(id)));
        }
      } else if (kinds.get(id) == Kind.USER_DEFINED && !pieces.get(id).isEmpty()) {
        added.add(new AddedToken(id, pieces.get(id), false, false, false, false, false));
      }
    }
    var vocabulary = new Vocabulary(pieces.toArray(new String[0]), ids);
    var model = algorithm == Algorithm.BPE ? bpe(vocabulary, unknown) : unigram(vocabulary, unknown);
    return TokenizerReader.assemble(source, settings(), model, List.copyOf(added), List.of());
  }

  private Model unigram(Vocabulary vocabulary, int unknown) {
    var usable = Arrays.copyOf(scores, pieces.size());
    var inLattice = new boolean[usable.length];
    double lowest = Double.POSITIVE_INFINITY;
    for (int id = 0; id < usable.length; id++) {
      inLattice[id] = kinds.get(id) == Kind.NORMAL;
      if (inLattice[id]) {
        lowest = Math.min(lowest, usable[id]);
      }
    }
    return new UnigramModel(vocabulary, usable, unknown, byteFallback, inLattice, lowest);
  }

  /** Makes merge rules of the pieces: any two pieces that are a third together, the one with the highest score first. */
  private Model bpe(Vocabulary vocabulary, int unknown) {
    record Rule(double score, int left, int right, int merged) {}
    var rules = new ArrayList<Rule>();
    for (int id = 0; id < pieces.size(); id++) {
      var piece = pieces.get(id);
      if (kinds.get(id) != Kind.NORMAL) {
        continue;
      }
      for (int cut = 1; cut < piece.length(); cut++) {
        var left = vocabulary.id(piece.substring(0, cut));
        var right = vocabulary.id(piece.substring(cut));
        if (left >= 0 && right >= 0 && isMergeable(left) && isMergeable(right)) {
          rules.add(new Rule(scores[id], left, right, id));
        }
      }
    }
    rules.sort((a, b) -> a.score != b.score ? Double.compare(b.score, a.score) : Integer.compare(a.merged, b.merged));
    var options = new BpeModel.Options(pieces.get(unknown), "", "", true, byteFallback, false);
    return new BpeModel(vocabulary, new MergeTable(
        rules.stream().mapToInt(Rule::left).toArray(), rules.stream().mapToInt(Rule::right).toArray(),
        rules.stream().mapToInt(Rule::merged).toArray()), options, BpeModel.Symbols.CHARACTERS);
  }

  private boolean isMergeable(int id) {
    return kinds.get(id) == Kind.NORMAL;
  }

  private ObjectNode settings() {
    var settings = new ObjectNode();
    var normalizers = settings.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    if (charsMap.length > 0) {
      normalizers.addObject().put("type", "Precompiled")
          .put("precompiled_charsmap", Base64.getEncoder().encodeToString(charsMap))
          .put(CharsMapNormalizer.LONGEST_PREFIX_KEY, true);
    }
    if (removeExtraSpaces) {
      var spaces = normalizers.addObject().put("type", "Replace").put("content", " ");
      spaces.putObject("pattern").put("Regex", " {2,}");
      // Only spaces: other white space is the rules' business.
      for (var edge : List.of("\\A +", " +\\z")) {
        normalizers.addObject().put("type", "Replace").put("content", "").putObject("pattern").put("Regex", edge);
      }
    }
    if (escapeSpaces) {
      settings.putObject("pre_tokenizer").put("type", "Metaspace").put("replacement", SPACE)
          .put("prepend_scheme", addDummyPrefix ? "always" : "never").put("split", false);
      settings.putObject("decoder").put("type", "Sequence").putArray("decoders")
          .add(new ObjectNode().put("type", "ByteFallback"))
          .add(new ObjectNode().put("type", "Metaspace").put("replacement", SPACE)
              .put("prepend_scheme", addDummyPrefix ? "always" : "never").put("split", false));
    } else {
      if (addDummyPrefix) {
        normalizers.addObject().put("type", "Prepend").put("prepend", " ");
      }
      settings.putObject("decoder").put("type", "Fuse");
    }
    return settings;
  }

  /** A protobuf message that is read field by field; the bytes are not trusted. */
  private static final class Message {
    private final String source;
    private final String path;
    private final ByteBuffer bytes;
    private long tag;

    Message(String source, String path, ByteBuffer bytes) {
      this.source = source;
      this.path = path;
      this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Goes to the next field, if there is one. */
    boolean next() {
      if (!bytes.hasRemaining()) {
        return false;
      }
      tag = rawVarint();
      return true;
    }

    int field() {
      return (int) (tag >>> 3);
    }

    long varint() {
      require(0);
      return rawVarint();
    }

    float float32() {
      require(5);
      if (bytes.remaining() < 4) {
        throw cut();
      }
      return bytes.getFloat();
    }

    byte[] bytes() {
      var slice = slice();
      var copy = new byte[slice.remaining()];
      slice.get(copy);
      return copy;
    }

    String string() {
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(slice()).toString();
      } catch (CharacterCodingException _) {
        throw wrong("field " + field() + " is not UTF-8");
      }
    }

    Message message(String name) {
      return new Message(source, name, slice());
    }

    <T> T constant(T[] constants) {
      var number = varint();
      if (number < 1 || number >= constants.length) {
        throw wrong("field " + field() + " is " + number + ", which is not known");
      }
      return constants[(int) number];
    }

    void skip() {
      switch ((int) (tag & 7)) {
        case 0 -> rawVarint();
        case 1 -> skipBytes(8);
        case 2 -> slice();
        case 5 -> skipBytes(4);
        default -> throw wrong("has a field of the wire type " + (tag & 7) + "; the file is damaged, or no "
            + "SentencePiece model");
      }
    }

    TokenizerFormatException wrong(String problem) {
      return new TokenizerFormatException(source + ": " + path + ": " + problem);
    }

    private void require(int wireType) {
      if ((tag & 7) != wireType) {
        throw wrong("field " + field() + " has the wire type " + (tag & 7) + " instead of " + wireType);
      }
    }

    private ByteBuffer slice() {
      require(2);
      var length = rawVarint();
      if (length < 0 || length > bytes.remaining()) {
        throw cut();
      }
      var slice = bytes.slice(bytes.position(), (int) length);
      bytes.position(bytes.position() + (int) length);
      return slice;
    }

    private void skipBytes(int count) {
      if (bytes.remaining() < count) {
        throw cut();
      }
      bytes.position(bytes.position() + count);
    }

    private long rawVarint() {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        if (!bytes.hasRemaining()) {
          throw cut();
        }
        var next = bytes.get();
        value |= (long) (next & 0x7F) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw wrong("has a number of more than ten bytes");
    }

    private TokenizerFormatException cut() {
      return wrong("ends in the middle of a field; the file is damaged, or no SentencePiece model");
    }
  }
}
