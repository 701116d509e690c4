/**
 * JSON as a tree of values, and plain Java values as JSON: a thin layer over the parser and the generator of {@code jackson-core}.
 *
 * <p>Jackson's own tree comes with {@code jackson-databind}, which needs annotations under a name that applications with
 * Jackson 2 have too, in versions that it cannot use. A library that is embedded must not depend on such luck.
 */
package crema.base.json;
