package crema.tokenizer;

import java.lang.Character.UnicodeScript;
import java.util.List;

/** Cuts a normalized text into the pieces that the model encodes one by one. */
sealed interface PreTokenizer permits PreTokenizer.Splitter, PreTokenizer.Rewriter {

  /** A pre-tokenizer that leaves the characters as they are. */
  sealed interface Splitter extends PreTokenizer
      permits Bert, Digits, FixedLength, SplitSequence, Split, UnicodeScripts,
      WhiteSpaceSplit, Whole, Words {
    /** Appends the pieces of {@code text[from, to)}, none of them empty, in order. */
    void split(char[] text, int from, int to, Pieces out);
  }

  /** A pre-tokenizer that changes the characters of the pieces. */
  sealed interface Rewriter extends PreTokenizer permits ByteLetters, Metaspace, PrefixSpace {
    /**
     * Writes the {@code pieces} of the text anew, and appends where they are then. What lies between pieces is dropped.
     * The caller has called {@link AlignedText#begin} and will call {@link AlignedText#end}.
     */
    void rewrite(AlignedText text, Pieces pieces, Pieces out);
  }

  /** Leaves the text whole. */
  record Whole() implements Splitter {
    @Override
    public void split(char[] text, int from, int to, Pieces out) {
      if (from < to) {
        out.add(from, to);
      }
    }
  }

  /**
   * Cuts around the matches of a pattern.
   *
   * @param invert whether the stretches between the matches count as the matches
   */
  record Split(PatternScanner pattern, SplitBehavior behavior, boolean invert) implements Splitter {
    @Override
    public void split(char[] text, int from, int to, Pieces out) {
      var everyMatchIsAPiece = behavior == SplitBehavior.ISOLATED || behavior == SplitBehavior.REMOVED && invert;
      if (everyMatchIsAPiece && pattern.coversEverything()) {
        pattern.scan(text, from, to, out);
      } else {
        splitAround(text, from, to, out);
      }
    }

    private void splitAround(char[] text, int from, int to, Pieces out) {
      var matches = new Pieces();
      pattern.scan(text, from, to, matches);
      var joiner = new PieceJoiner(behavior, out);
      var end = from;
      for (int i = 0; i < matches.size(); i++) {
        if (end < matches.start(i)) {
          joiner.add(end, matches.start(i), invert);
        }
        end = matches.end(i);
        if (matches.start(i) < end) {
          joiner.add(matches.start(i), end, !invert);
        }
      }
      if (end < to) {
        joiner.add(end, to, invert);
      }
      joiner.finish();
    }
  }

  /**
   * Cuts numbers from the rest.
   *
   * @param individual whether each digit is a piece of its own
   */
  record Digits(boolean individual) implements Splitter {
    @Override
    public void split(char[] text, int from, int to, Pieces out) {
      for (int start = from; start < to;) {
        var number = CharacterClass.at(text, start) == CharacterClass.NUMBER;
        var end = CharacterClass.after(text, start);
        while (!(number && individual) && end < to
            && (CharacterClass.at(text, end) == CharacterClass.NUMBER) == number) {
          end = CharacterClass.after(text, end);
        }
        out.add(start, end);
        start = end;
      }
    }
  }

  /** BERT's: white space is dropped, each punctuation character is a piece of its own. */
  record Bert() implements Splitter {
    @Override
    public void split(char[] text, int from, int to, Pieces out) {
      var start = from;
      for (int i = from; i < to;) {
        var next = CharacterClass.after(text, i);
        switch (WordClass.at(text, i, to)) {
          case WordClass.SPACE -> {
            if (start < i) {
              out.add(start, i);
            }
            start = next;
          }
          case WordClass.PUNCTUATION -> {
            if (start < i) {
              out.add(start, i);
            }
            out.add(i, next);
            start = next;
          }
          default -> {}
        }
        i = next;
      }
      if (start < to) {
        out.add(start, to);
      }
    }
  }

  /** Drops white space. */
  record WhiteSpaceSplit() implements Splitter {
    @Override
    public void split(char[] text, int from, int to, Pieces out) {
      var start = from;
      for (int i = from; i < to; i++) {
        if (CharacterClass.isWhiteSpace(text[i])) {
          if (start < i) {
            out.add(start, i);
          }
          start = i + 1;
        }
      }
      if (start < to) {
        out.add(start, to);
      }
    }
  }

  /** The pattern {@code \w+|[^\w\s]+}: drops white space, and cuts words from what is neither. */
  record Words() implements Splitter {
    @Override
    public void split(char[] text, int from, int to, Pieces out) {
      var start = from;
      var word = false;
      for (int i = from; i < to;) {
        var next = CharacterClass.after(text, i);
        if (CharacterClass.isWhiteSpace(text[i])) {
          if (start < i) {
            out.add(start, i);
          }
          start = next;
        } else {
          var isWord = WordClass.isWord(text, i, to);
          if (start < i && isWord != word) {
            out.add(start, i);
            start = i;
          }
          word = isWord;
        }
        i = next;
      }
      if (start < to) {
        out.add(start, to);
      }
    }
  }

  /**
   * Cuts every so many characters.
   *
   * @param length how many code points a piece has, the last one apart; at least 1
   */
  record FixedLength(int length) implements Splitter {
    @Override
    public void split(char[] text, int from, int to, Pieces out) {
      for (int start = from; start < to;) {
        var end = start;
        for (int count = 0; count < length && end < to; count++) {
          end = CharacterClass.after(text, end);
        }
        out.add(start, end);
        start = end;
      }
    }
  }

  /**
   * Cuts where the script changes; Hiragana and Katakana count as Han. A space is of any script, as is a character that
   * has none in the tables of Hugging Face's library; what stands before the first other character is lost there.
   */
  record UnicodeScripts() implements Splitter {
    private static final int PROLONGED_SOUND_MARK = 0x30FC;

    @Override
    public void split(char[] text, int from, int to, Pieces out) {
      int start = -1;
      var last = UnicodeScript.UNKNOWN;
      for (int i = from; i < to; i = CharacterClass.after(text, i)) {
        var script = script(Character.codePointAt(text, i, to));
        if (script == UnicodeScript.UNKNOWN) {
          continue;
        }
        if (script != last) {
          if (start >= 0) {
            out.add(start, i);
          }
          start = i;
        }
        last = script;
      }
      if (start >= 0) {
        out.add(start, to);
      }
    }

    /** Returns the script of a character, {@code UNKNOWN} for any. */
    private static UnicodeScript script(int codePoint) {
      return switch (codePoint) {
        case ' ' -> UnicodeScript.UNKNOWN;
        case PROLONGED_SOUND_MARK -> UnicodeScript.HAN;
        // These have changed.
        case 0x589, 0x61C -> UnicodeScript.COMMON;
        case 0x953, 0x954 -> UnicodeScript.DEVANAGARI;
        default -> {
          var script = UnicodeScript.of(codePoint);
          yield !OlderUnicode.SCRIPT.has(codePoint, script != UnicodeScript.UNKNOWN) ? UnicodeScript.UNKNOWN
              : script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA ? UnicodeScript.HAN : script;
        }
      };
    }
  }

  /** Applies several splitters one after the other, each to the pieces of the one before. */
  record SplitSequence(List<Splitter> steps) implements Splitter {
    public SplitSequence {
      steps = List.copyOf(steps);
    }

    @Override
    public void split(char[] text, int from, int to, Pieces out) {
      var coarser = new Pieces();
      coarser.add(from, to);
      for (int i = 0; i < steps.size(); i++) {
        var finer = i == steps.size() - 1 ? out : new Pieces();
        for (int p = 0; p < coarser.size(); p++) {
          steps.get(i).split(text, coarser.start(p), coarser.end(p), finer);
        }
        coarser = finer;
      }
    }
  }

  /** Puts a space before each piece that does not start with one. */
  record PrefixSpace() implements Rewriter {
    @Override
    public void rewrite(AlignedText text, Pieces pieces, Pieces out) {
      for (int i = 0; i < pieces.size(); i++) {
        var from = pieces.start(i);
        var start = text.written();
        if (text.chars()[from] != ' ') {
          text.put(' ', from);
        }
        text.keep(from, pieces.end(i));
        out.add(start, text.written());
      }
    }
  }

  /** Spells the UTF-8 of the pieces in the byte alphabet. */
  record ByteLetters() implements Rewriter {
    @Override
    public void rewrite(AlignedText text, Pieces pieces, Pieces out) {
      for (int i = 0; i < pieces.size(); i++) {
        var start = text.written();
        ByteAlphabet.spell(text, pieces.start(i), pieces.end(i));
        out.add(start, text.written());
      }
    }
  }

  /**
   * SentencePiece's: a space becomes a visible character, of which one is put before the text too, and the pieces start
   * with it.
   *
   * @param replacement what a space becomes, usually U+2581
   * @param scheme before which pieces one is put
   * @param split whether the text is cut before each
   */
  record Metaspace(int replacement, PrependScheme scheme, boolean split) implements Rewriter {
    /** Before which pieces the character that stands for a space is put. */
    enum PrependScheme {
      /** Each that does not start with one. */
      ALWAYS("always"),
      /** The first of the text, if it does not start with one. */
      FIRST("first"),
      /** None. */
      NEVER("never");

      /** The name in {@code tokenizer.json}. */
      final String jsonName;

      PrependScheme(String jsonName) {
        this.jsonName = jsonName;
      }
    }

    @Override
    public void rewrite(AlignedText text, Pieces pieces, Pieces out) {
      for (int i = 0; i < pieces.size(); i++) {
        rewrite(text, pieces.start(i), pieces.end(i), out);
      }
    }

    private void rewrite(AlignedText text, int from, int to, Pieces out) {
      var chars = text.chars();
      var start = text.written();
      var first = chars[from];
      var startsWithOne = first == ' ' || Character.codePointAt(chars, from, to) == replacement;
      var prepends = switch (scheme) {
        case ALWAYS -> true;
        case FIRST -> text.start(from) == 0;
        case NEVER -> false;
      };
      if (prepends && !startsWithOne) {
        text.putCodePoint(replacement, from);
      }
      for (int i = from; i < to;) {
        var next = CharacterClass.after(chars, i);
        var isOne = chars[i] == ' ' || Character.codePointAt(chars, i, to) == replacement;
        if (isOne) {
          if (split && text.written() > start) {
            out.add(start, text.written());
            start = text.written();
          }
          text.putCodePoint(replacement, i);
        } else {
          text.put(chars[i], i);
          if (next > i + 1) {
            text.put(chars[i + 1], i + 1);
          }
        }
        i = next;
      }
      out.add(start, text.written());
    }
  }
}
