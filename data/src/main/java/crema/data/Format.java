package crema.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The format of a file of rows. */
public sealed interface Format {
  /** One JSON object a line. Missing keys and nulls are empty values; numbers and booleans are read as text. */
  record Jsonl() implements Format {}

  /**
   * Comma-separated values with a header, quoted as RFC 4180 says: a quoted field may hold separators and line breaks.
   *
   * @param separator the separator of fields, such as {@code ','} or {@code ';'}
   */
  record Csv(char separator) implements Format {}

  /**
   * Tab-separated values with a header and no quoting: a quote is a character like any other, as in the IANA
   * registration of text/tab-separated-values. Titles are full of inches and stray quotes, which a reader that gave
   * quotes a meaning would take for the start of a field of many lines. For a file that was written with quotes use
   * {@code new Csv('\t')}.
   */
  record Tsv() implements Format {}

  /**
   * One text a line with its labels among the words, each marked by a prefix. Words are separated by white space as
   * in fastText, and come out separated by single spaces.
   *
   * @param labelPrefix the prefix of labels, normally {@code __label__}
   */
  record FastText(String labelPrefix) implements Format {}

  /** The prefix of labels in fastText's own data. */
  String FASTTEXT_PREFIX = "__label__";

  /**
   * The format of the given name: {@code jsonl}, {@code csv}, {@code tsv} or {@code fasttext}.
   *
   * @throws DataException for any other name
   */
  static Format of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "jsonl" -> new Jsonl();
      case "csv" -> new Csv(',');
      case "tsv" -> new Tsv();
      case "fasttext" -> new FastText(FASTTEXT_PREFIX);
      default -> throw new DataException("unknown format '" + name + "'; it is one of jsonl, csv, tsv, fasttext");
    };
  }

  /**
   * The format that a file's name tells ({@code .jsonl}, {@code .ndjson}, {@code .csv}, {@code .tsv}, each also with
   * {@code .gz} or {@code .zst}), or else its first characters.
   *
   * @throws DataException if neither tells
   */
  static Format detect(DataFile file) {
    var name = file.plainName();
    var extension = name.substring(name.lastIndexOf('.') + 1);
    return switch (extension) {
      case "jsonl", "ndjson" -> new Jsonl();
      case "csv" -> new Csv(',');
      case "tsv" -> new Tsv();
      default -> sniff(file);
    };
  }

  private static Format sniff(DataFile file) {
    String head;
    try (var in = file.open()) {
      head = new String(in.readNBytes(64), StandardCharsets.UTF_8).stripLeading();
    } catch (IOException e) {
      throw file.unreadable(e, 0);
    }
    if (head.startsWith("{")) {
      return new Jsonl();
    }
    if (head.startsWith(FASTTEXT_PREFIX)) {
      return new FastText(FASTTEXT_PREFIX);
    }
    throw new DataException(file.name() + " does not say what format it has; name it .jsonl, .csv or .tsv, or give the "
        + "format: jsonl, csv, tsv or fasttext");
  }
}
