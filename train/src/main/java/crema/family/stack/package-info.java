/**
 * The family of stacks: classifiers of other families that are asked together, and a second level that makes one answer
 * of what they say; how such a level is found on rows that the members have not seen; and {@code auto}, the run that
 * trains members of all families within a budget and stacks them.
 */
package crema.family.stack;
