package crema.audit;

/**
 * Two rows whose texts are the same or nearly so, and whose labels differ.
 *
 * @param first the one row
 * @param second the other
 * @param similarity cosine of their terms, 1 for texts that differ in case and white space at most
 */
public record Conflict(AuditRow first, AuditRow second, double similarity) {}
