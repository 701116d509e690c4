package crema.tokenizer;

import crema.base.json.ObjectNode;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * The special tokens that a tokenizer puts around texts.
 *
 * @param before what a text starts with
 * @param between what is between the two texts of a pair
 * @param after what ends a text or a pair
 */
public record TokenFrame(List<String> before, List<String> between, List<String> after) {
  /** Nothing. */
  public static final TokenFrame NONE = new TokenFrame(List.of(), List.of(), List.of());

  /** {@code [CLS] a [SEP] b [SEP]}, as BERT has it. */
  public static final TokenFrame BERT = new TokenFrame(List.of("[CLS]"), List.of("[SEP]"), List.of("[SEP]"));

  /** Copies the lists. */
  public TokenFrame {
    before = List.copyOf(before);
    between = List.copyOf(between);
    after = List.copyOf(after);
  }

  /** All tokens, each once. */
  List<String> tokens() {
    return Stream.of(before, between, after).flatMap(List::stream).distinct().toList();
  }

  /**
   * The {@code post_processor} of a {@code tokenizer.json} that puts the tokens there.
   *
   * @param ids the id of each token
   */
  ObjectNode describe(ToIntFunction<String> ids) {
    var processor = new ObjectNode().put("type", "TemplateProcessing");
    var single = processor.putArray("single");
    before.forEach(token -> special(single.addObject(), token, 0));
    sequence(single.addObject(), "A", 0);
    after.forEach(token -> special(single.addObject(), token, 0));
    var pair = processor.putArray("pair");
    before.forEach(token -> special(pair.addObject(), token, 0));
    sequence(pair.addObject(), "A", 0);
    between.forEach(token -> special(pair.addObject(), token, 0));
    sequence(pair.addObject(), "B", 1);
    after.forEach(token -> special(pair.addObject(), token, 1));
    var tokens = processor.putObject("special_tokens");
    for (var token : tokens()) {
      var object = tokens.putObject(token).put("id", token);
      object.putArray("ids").add(ids.applyAsInt(token));
      object.putArray("tokens").add(token);
    }
    return processor;
  }

  private static void special(ObjectNode piece, String token, int typeId) {
    piece.putObject("SpecialToken").put("id", token).put("type_id", typeId);
  }

  private static void sequence(ObjectNode piece, String id, int typeId) {
    piece.putObject("Sequence").put("id", id).put("type_id", typeId);
  }
}
