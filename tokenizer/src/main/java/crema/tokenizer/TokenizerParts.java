package crema.tokenizer;

import crema.base.json.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * What a tokenizer is made of, whatever file it comes from.
 *
 * @param settings the file's keys besides {@code added_tokens} and {@code model}, to be saved as they are
 * @param notes what was read otherwise than the file has it, one line each
 */
record TokenizerParts(
    TextPipeline pipeline,
    Model model,
    PostProcessor postProcessor,
    List<AddedToken> addedTokens,
    Decoder decoder,
    Optional<Padding> padding,
    ObjectNode settings,
    List<String> notes) {}
