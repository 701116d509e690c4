/** Reads Parquet files as tables, and writes tables as Parquet files: the format, and nothing of others. */
@NullMarked
package crema.parquet;

import org.jspecify.annotations.NullMarked;
