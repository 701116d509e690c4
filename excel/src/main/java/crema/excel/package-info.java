/** Reads the sheets of Excel's workbooks as tables: the format and its parts, nothing of other formats. */
@NullMarked
package crema.excel;

import org.jspecify.annotations.NullMarked;
