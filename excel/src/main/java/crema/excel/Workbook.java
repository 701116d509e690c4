package crema.excel;

import crema.base.NameList;
import crema.base.NearestName;
import crema.data.DataException;
import crema.data.ZipArchive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a workbook that say what its cells mean.
 *
 * @param archive which holds the parts
 * @param name what the file is called in messages
 * @param sheets those with cells, in the order of the workbook
 * @param strings the part with the texts of cells, if there is one
 * @param styles the part with the formats of cells, if there is one
 * @param dates how days are counted
 */
record Workbook(ZipArchive archive, String name, List<Sheet> sheets, @Nullable String strings, @Nullable String styles,
    SerialDate dates) {
  private static final String RELATIONS = "_rels/.rels";
  private static final Set<String> TRUE = Set.of("1", "true", "on");
  /** What Excel takes at most is far less. */
  private static final int MOST_PARTS = 100_000;

  /** A sheet: its name, the part that it is in, and whether people see it. */
  record Sheet(String name, String part, boolean isVisible) {}

  /** A relation of a part to another one: the end of the address of its kind, and the name of the other. */
  private record Relation(String kind, String part) {}

  /** Reads what there is in a workbook. */
  static Workbook read(ZipArchive archive, String name) throws IOException {
    if (!archive.files().contains(RELATIONS)) {
      throw new DataException(name + " is no workbook of Excel: it has no part " + RELATIONS);
    }
    String main = relations(archive, name, RELATIONS, "").values().stream()
        .filter(relation -> relation.kind.equals("officeDocument")).map(Relation::part).findFirst()
        .orElseThrow(() -> new DataException(name + " is no workbook of Excel: it does not say which part that is"));
    String folder = main.substring(0, main.lastIndexOf('/') + 1);
    String beside = folder + "_rels/" + main.substring(folder.length()) + ".rels";
    Map<String, Relation> relations = relations(archive, name, beside, folder);
    var sheets = new ArrayList<Sheet>();
    boolean is1904 = false;
    try (var xml = new XmlPart(archive, name, main)) {
      while (xml.next()) {
        if (xml.begins("workbookPr")) {
          is1904 = TRUE.contains(String.valueOf(xml.attribute("date1904")));
        } else if (xml.begins("sheet")) {
          Relation relation = relations.get(String.valueOf(xml.attribute("id")));
          String state = xml.attribute("state");
          if (relation != null && relation.kind.equals("worksheet") && sheets.size() < MOST_PARTS) {
            sheets.add(new Sheet(String.valueOf(xml.attribute("name")), relation.part,
                state == null || state.equals("visible")));
          }
        }
      }
    }
    return new Workbook(archive, name, List.copyOf(sheets), part(relations, "sharedStrings"),
        part(relations, "styles"), new SerialDate(is1904));
  }

  private static @Nullable String part(Map<String, Relation> relations, String kind) {
    return relations.values().stream().filter(relation -> relation.kind.equals(kind)).map(Relation::part).findFirst()
        .orElse(null);
  }

  /** The relations of a part by their names; others may follow in the archive, but not outside of it. */
  private static Map<String, Relation> relations(ZipArchive archive, String name, String part, String folder)
      throws IOException {
    var relations = new HashMap<String, Relation>();
    try (var xml = new XmlPart(archive, name, part)) {
      while (xml.next()) {
        String target = xml.begins("Relationship") ? xml.attribute("Target") : null;
        if (target != null && !"External".equals(xml.attribute("TargetMode")) && relations.size() < MOST_PARTS) {
          String kind = String.valueOf(xml.attribute("Type"));
          relations.put(String.valueOf(xml.attribute("Id")), new Relation(kind.substring(kind.lastIndexOf('/') + 1),
              target.startsWith("/") ? target.substring(1) : folder + target));
        }
      }
    }
    return relations;
  }

  /**
   * A sheet.
   *
   * @param wanted its name; null for the first one that people see
   * @throws DataException if there is none
   */
  Sheet sheet(@Nullable String wanted) {
    List<String> names = sheets.stream().map(Sheet::name).toList();
    if (wanted == null) {
      return sheets.stream().filter(Sheet::isVisible).findFirst().or(() -> sheets.stream().findFirst())
          .orElseThrow(() -> new DataException(name + " has no sheet with cells"));
    }
    return sheets.stream().filter(sheet -> sheet.name.equals(wanted)).findFirst()
        .or(() -> sheets.stream().filter(sheet -> sheet.name.equalsIgnoreCase(wanted)).findFirst())
        .orElseThrow(() -> {
          String suggestion = NearestName.suggestion(wanted, names);
          return new DataException(name + " has no sheet '" + wanted + "'" + (suggestion.isEmpty() ? "." : suggestion)
              + " It has: " + NameList.of(names));
        });
  }
}
