package crema.hub;

import crema.base.UserError;
import java.util.regex.Pattern;

/**
 * The name of a model on a hub, as {@code sentence-transformers/all-MiniLM-L6-v2}, and which state of it is meant.
 *
 * @param id the organization and the model, with a slash between them, or the model alone
 * @param revision a branch, a tag or a commit
 */
public record ModelName(String id, String revision) {
  /** The branch that is meant where no revision is named. */
  public static final String MAIN = "main";

  private static final int MAX_ID = 96;
  private static final int MAX_REVISION = 200;

  /** Letters, digits and {@code . _ -}, of which the last three do not stand at the ends. */
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?");

  private static final Pattern REVISION_PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+-]*");

  /** Checks the name, which becomes a part of paths and addresses. */
  public ModelName {
    String[] parts = id.split("/", -1);
    boolean isName = id.length() <= MAX_ID && parts.length <= 2 && !id.contains("--") && !id.contains("..");
    for (String part : parts) {
      isName &= PART.matcher(part).matches();
    }
    if (!isName) {
      throw new UserError(
          "'" + id + "' is not the name of a model: it should be ORGANIZATION/MODEL, of letters, digits "
              + "and . _ -, such as sentence-transformers/all-MiniLM-L6-v2");
    }
    boolean isRevision = revision.length() <= MAX_REVISION && !revision.contains("..");
    for (String part : revision.split("/", -1)) {
      isRevision &= REVISION_PART.matcher(part).matches();
    }
    if (!isRevision) {
      throw new UserError(
          "'" + revision + "' is not a revision of " + id + ": it should be a branch, a tag or a commit");
    }
  }

  /**
   * Reads {@code NAME} or {@code NAME@REVISION}.
   *
   * @throws UserError when it is no name
   */
  public static ModelName parse(String text) {
    int at = text.indexOf('@');
    return at < 0 ? new ModelName(text, MAIN) : new ModelName(text.substring(0, at), text.substring(at + 1));
  }

  /** The name as {@link #parse} reads it. */
  @Override
  public String toString() {
    return revision.equals(MAIN) ? id : id + "@" + revision;
  }
}
