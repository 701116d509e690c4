package crema.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds added tokens in a text: the leftmost first, and of those that start together the longest. */
final class AddedTokenFinder {
  /** Receives a text in order, as its added tokens and the stretches between them. */
  interface Sink {
    void text(int from, int to);

    void token(int id, int start, int end);
  }

  private record Candidate(String form, AddedToken token) {}

  /** Candidates by their first char, the longest first. */
  private final Map<Character, List<Candidate>> candidates = new HashMap<>();
  /** The first chars below 128 of all candidates, as bits; larger ones are looked up. */
  private final long[] asciiStarts = new long[2];
  private boolean startsBeyondAscii;

  /** Makes a finder of the tokens, each in the form in which it occurs in the text. */
  AddedTokenFinder(Map<String, AddedToken> tokensByForm) {
    tokensByForm.forEach((form, token) -> {
      var start = form.charAt(0);
      candidates.computeIfAbsent(start, _ -> new ArrayList<>()).add(new Candidate(form, token));
      if (start < 128) {
        asciiStarts[start >> 6] |= 1L << start;
      } else {
        startsBeyondAscii = true;
      }
    });
    candidates.values().forEach(list -> list.sort(Comparator.comparingInt((Candidate c) -> -c.form.length())));
  }

  boolean isEmpty() {
    return candidates.isEmpty();
  }

  /** Reports {@code text[from, to)} to the sink. */
  void find(char[] text, int from, int to, Sink sink) {
    var textStart = from;
    for (int i = from; i < to;) {
      var candidate = mayStart(text[i]) ? candidateAt(text, i, to) : null;
      if (candidate == null) {
        i++;
        continue;
      }
      var token = candidate.token;
      var start = i;
      var end = i + candidate.form.length();
      i = end;
      if (token.singleWord() && (isWordBefore(text, from, start) || isWordAt(text, end, to))) {
        continue;
      }
      while (token.leftStrip() && start > textStart && CharacterClass.isWhiteSpace(text[start - 1])) {
        start--;
      }
      while (token.rightStrip() && end < to && CharacterClass.isWhiteSpace(text[end])) {
        end++;
      }
      if (textStart < start) {
        sink.text(textStart, start);
      }
      sink.token(token.id(), start, end);
      textStart = end;
      i = end;
    }
    if (textStart < to) {
      sink.text(textStart, to);
    }
  }

  private boolean mayStart(char c) {
    return c < 128 ? (asciiStarts[c >> 6] & 1L << c) != 0 : startsBeyondAscii;
  }

  private @Nullable Candidate candidateAt(char[] text, int start, int to) {
    for (var candidate : candidates.getOrDefault(text[start], List.of())) {
      if (matches(candidate.form, text, start, to)) {
        return candidate;
      }
    }
    return null;
  }

  private static boolean matches(String form, char[] text, int start, int to) {
    if (to - start < form.length()) {
      return false;
    }
    for (int i = 1; i < form.length(); i++) {
      if (form.charAt(i) != text[start + i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isWordBefore(char[] text, int from, int index) {
    return index > from && isWord(Character.codePointBefore(text, index, from));
  }

  private static boolean isWordAt(char[] text, int index, int to) {
    return index < to && isWord(Character.codePointAt(text, index, to));
  }

  private static boolean isWord(int codePoint) {
    return CharacterProperty.WORD.has(codePoint);
  }
}
