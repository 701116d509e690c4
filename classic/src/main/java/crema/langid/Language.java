package crema.langid;

/**
 * A language that a text may be in, and how probable it is.
 *
 * @param code as the model has it, for instance ISO 639-3
 * @param probability between 0 and 1
 */
public record Language(String code, float probability) {}
