package crema.excel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A workbook of one sheet, written part by part, so that any of them can be wrong. */
final class WorkbookFile {
  private final Map<String, byte[]> parts = new LinkedHashMap<>();

  WorkbookFile(String rows) {
    with("[Content_Types].xml", "<Types/>");
    with("_rels/.rels", "<Relationships><Relationship Id=\"r1\" Type=\"http://x/officeDocument\" "
        + "Target=\"xl/workbook.xml\"/></Relationships>");
    with("xl/_rels/workbook.xml.rels", """
        <Relationships>
          <Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>
          <Relationship Id="r2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/>
          <Relationship Id="r3" Type="http://x/styles" Target="styles.xml"/>
        </Relationships>""");
    with("xl/workbook.xml",
        "<workbook xmlns:r=\"x\"><sheets><sheet name=\"One\" sheetId=\"1\" r:id=\"r1\"/></sheets>"
            + "</workbook>");
    with("xl/sharedStrings.xml", "<sst/>");
    with("xl/styles.xml", "<styleSheet/>");
    with("xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + rows + "</sheetData></worksheet>");
  }

  /** The same with another part. */
  WorkbookFile with(String part, String content) {
    return with(part, content.getBytes(StandardCharsets.UTF_8));
  }

  /** The same with another part. */
  WorkbookFile with(String part, byte[] content) {
    parts.put(part, content);
    return this;
  }

  /** Writes the file. */
  Path write(Path file) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (var part : parts.entrySet()) {
        zip.putNextEntry(new ZipEntry(part.getKey()));
        zip.write(part.getValue());
      }
    }
    return file;
  }
}
