/**
 * The search for settings: the ranges that they may lie in, the points of these that are tried, how many of them go on to
 * more rows, and the run that trains and compares them.
 */
package crema.tune;
