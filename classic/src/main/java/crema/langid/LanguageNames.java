package crema.langid;

import crema.base.NearestName;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Names of languages as people write them: the codes of ISO 639-3, 639-2 and 639-1, with or without a region as in BCP 47,
 * and names in English and in the language itself. What they mean depends on the codes of a model: where one knows Mandarin alone, Chinese is that.
 */
public final class LanguageNames {
  /**
   * The member by which a macrolanguage is meant in practice, and codes of ISO 639-3 that the JDK's two-letter codes do not
   * lead to.
   */
  private static final Map<String, String> COMMON = Map.ofEntries(Map.entry("zho", "cmn"), Map.entry("nor", "nob"),
      Map.entry("ara", "arb"), Map.entry("msa", "zsm"), Map.entry("fas", "pes"), Map.entry("est", "ekk"),
      Map.entry("lav", "lvs"), Map.entry("mon", "khk"), Map.entry("uzb", "uzn"), Map.entry("aze", "azj"),
      Map.entry("sqi", "als"), Map.entry("swa", "swh"), Map.entry("yid", "ydd"), Map.entry("kur", "kmr"),
      Map.entry("orm", "gaz"), Map.entry("pus", "pbu"), Map.entry("mlg", "plt"), Map.entry("nep", "npi"),
      Map.entry("ori", "ory"), Map.entry("hbs", "srp"));

  /** Other names: the bibliographic codes of ISO 639-2, codes that were replaced, and what people say. */
  private static final Map<String, String> OTHERS = Map.ofEntries(Map.entry("alb", "sqi"), Map.entry("arm", "hye"),
      Map.entry("baq", "eus"), Map.entry("bur", "mya"), Map.entry("chi", "zho"), Map.entry("cze", "ces"),
      Map.entry("dut", "nld"), Map.entry("fre", "fra"), Map.entry("geo", "kat"), Map.entry("ger", "deu"),
      Map.entry("gre", "ell"), Map.entry("ice", "isl"), Map.entry("mac", "mkd"), Map.entry("mao", "mri"),
      Map.entry("may", "msa"), Map.entry("per", "fas"), Map.entry("rum", "ron"), Map.entry("slo", "slk"),
      Map.entry("tib", "bod"), Map.entry("wel", "cym"), Map.entry("mo", "ron"), Map.entry("sh", "hbs"),
      Map.entry("fil", "tgl"), Map.entry("filipino", "tgl"), Map.entry("mandarin", "cmn"),
      Map.entry("cantonese", "yue"),
      Map.entry("farsi", "fas"), Map.entry("castilian", "spa"), Map.entry("flemish", "nld"),
      Map.entry("valencian", "cat"), Map.entry("moldovan", "ron"));

  /** Countries whose codes are often taken for those of their languages. */
  private static final Map<String, String> COUNTRIES = Map.ofEntries(Map.entry("at", "de"), Map.entry("by", "be"),
      Map.entry("cn", "zh"), Map.entry("cz", "cs"), Map.entry("dk", "da"), Map.entry("ee", "et"), Map.entry("gb", "en"),
      Map.entry("gr", "el"), Map.entry("il", "he"), Map.entry("ir", "fa"), Map.entry("jp", "ja"), Map.entry("kr", "ko"),
      Map.entry("mx", "es"), Map.entry("se", "sv"), Map.entry("ua", "uk"), Map.entry("uk", "en"), Map.entry("us", "en"),
      Map.entry("vn", "vi"));

  private final Map<String, String> codes = new HashMap<>();
  private final Map<String, String> shortCodes = new HashMap<>();

  /**
   * Collects the names of some languages.
   *
   * @param known their codes in a model
   */
  public LanguageNames(Collection<String> known) {
    known.forEach(code -> codes.put(code.toLowerCase(Locale.ROOT), code));
    for (String two : Locale.getISOLanguages()) {
      Locale locale = Locale.of(two);
      String three = locale.getISO3Language();
      Stream.of(two, three, COMMON.getOrDefault(three, three)).filter(known::contains).findFirst().ifPresent(code -> {
        for (String name : List.of(two, three, locale.getDisplayLanguage(Locale.ENGLISH),
            locale.getDisplayLanguage(locale))) {
          codes.putIfAbsent(name.toLowerCase(Locale.ROOT), code);
        }
        // Of several two-letter codes of one language, such as iw and he, the JDK prefers one.
        shortCodes.putIfAbsent(code, locale.getLanguage());
      });
    }
    for (String code : known) {
      String name = Locale.of(code).getDisplayLanguage(Locale.ENGLISH);
      codes.putIfAbsent(name.toLowerCase(Locale.ROOT), code);
    }
    OTHERS.forEach(
        (name, three) -> Optional.ofNullable(codes.getOrDefault(three, codes.get(COMMON.getOrDefault(three, three))))
            .ifPresent(code -> codes.putIfAbsent(name, code)));
  }

  /**
   * The code in the model of a language.
   *
   * @param name a code or an English name, in any case; a region, as in {@code pt-BR}, is left out
   * @throws IllegalArgumentException if the model does not know it, with what comes near
   */
  public String code(String name) {
    String plain = name.strip().toLowerCase(Locale.ROOT);
    String code = codes.get(plain);
    if (code == null && plain.matches("[a-z]{2,3}[-_].*")) {
      code = codes.get(plain.replaceFirst("[-_].*", ""));
    }
    if (code != null) {
      return code;
    }
    Optional<String> near = Optional.ofNullable(COUNTRIES.get(plain)).filter(codes::containsKey)
        .or(() -> NearestName.among(plain, new TreeSet<>(codes.keySet())));
    throw new IllegalArgumentException("the model does not know the language '" + name + "'"
        + near.map(other -> "; did you mean '" + other + "' (" + codes.get(other) + ")?").orElse(
            "; it takes codes of ISO 639-1, 639-2 and 639-3, and names in English and in the language itself"));
  }

  /** The code of ISO 639-1, such as {@code de}; the model's own where there is none. */
  public String shortCode(String code) {
    return shortCodes.getOrDefault(code, code);
  }

  /** The code of ISO 639-3, such as {@code deu}, which models of two-letter codes do not have; else the model's own. */
  public String longCode(String code) {
    try {
      String three = code.length() == 2 ? Locale.of(code).getISO3Language() : code;
      return three.isEmpty() ? code : three;
    } catch (MissingResourceException e) {
      // A code that the JDK does not know.
      return code;
    }
  }

  /** The name in English, such as German; the code where the JDK knows none. */
  public String englishName(String code) {
    return Locale.of(shortCode(code)).getDisplayLanguage(Locale.ENGLISH);
  }
}
