package crema.audit;

/**
 * A row without a label that is worth one.
 *
 * @param row the row
 * @param uncertainty how near the two most probable labels are, or of several labels the one that is the least decided:
 *     from 0 to 1
 * @param likeliest its most probable label
 * @param probability of that label
 */
public record NextRow(AuditRow row, double uncertainty, String likeliest, double probability) {}
