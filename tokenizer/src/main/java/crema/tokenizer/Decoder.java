package crema.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns tokens as the vocabulary spells them into what they stand for; the strings that come out are joined. */
sealed interface Decoder {
  /** Returns the strings that some tokens become. */
  List<String> decode(List<String> tokens);

  /** Puts a space between tokens: what a file without a decoder means. */
  record Spaces() implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
      return List.of(String.join(" ", tokens));
    }
  }

  /** Reads tokens as bytes in the byte alphabet. Bytes that are not UTF-8 become U+FFFD. */
  record ByteLevel() implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
      var bytes = new ByteArrayOutputStream();
      tokens.forEach(token -> bytes.writeBytes(ByteAlphabet.bytes(token)));
      return List.of(bytes.toString(StandardCharsets.UTF_8));
    }
  }

  /** Replaces the suffix that ends a word by a space, and that of the last token by nothing. */
  record Bpe(String suffix) implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
      var result = new ArrayList<String>();
      for (int i = 0; i < tokens.size(); i++) {
        result.add(tokens.get(i).replace(suffix, i == tokens.size() - 1 ? "" : " "));
      }
      return result;
    }
  }

  /**
   * Joins what starts with the prefix to what is before, and puts a space before all else.
   *
   * @param cleanup whether spaces before punctuation and English contractions go
   */
  record WordPiece(String prefix, boolean cleanup) implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
      var result = new ArrayList<String>();
      for (var token : tokens) {
        var joined = result.isEmpty() ? token
            : token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token;
        result.add(cleanup ? cleanUp(joined) : joined);
      }
      return result;
    }

    /** Removes the spaces that tokenizing puts before punctuation and into contractions. */
    static String cleanUp(String text) {
      return text.replace(" .", ".").replace(" ?", "?").replace(" !", "!").replace(" ,", ",").replace(" ' ", "'")
          .replace(" n't", "n't").replace(" 'm", "'m").replace(" do not", " don't").replace(" 's", "'s")
          .replace(" 've", "'ve").replace(" 're", "'re");
    }
  }

  /** Turns the character that stands for a space into one; at the start it goes, if the pre-tokenizer put it there. */
  record Metaspace(int replacement, PreTokenizer.Metaspace.PrependScheme scheme) implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
      var result = new ArrayList<String>();
      for (var token : tokens) {
        var drops = result.isEmpty() && scheme != PreTokenizer.Metaspace.PrependScheme.NEVER;
        var text = new StringBuilder(token.length());
        token.codePoints().forEach(c -> {
          if (c != replacement) {
            text.appendCodePoint(c);
          } else if (!drops) {
            text.append(' ');
          }
        });
        result.add(text.toString());
      }
      return result;
    }
  }

  /**
   * What speech models with connectionist temporal classification put out: repeated tokens are one, and the pad token
   * is none.
   */
  record Ctc(String padToken, String wordDelimiter, boolean cleanup) implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
      var result = new ArrayList<String>();
      @Nullable String last = null;
      for (var token : tokens) {
        if (!token.equals(last)) {
          var text = token.replace(padToken, "");
          if (cleanup) {
            text = WordPiece.cleanUp(text).replace(wordDelimiter, " ");
          }
          if (!text.isEmpty()) {
            result.add(text);
          }
        }
        last = token;
      }
      return result;
    }
  }

  /** Replaces what a pattern matches in each token. */
  record Replace(PatternScanner pattern, String replacement) implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
      var normalizer = new Normalizer.Replace(pattern, replacement);
      return tokens.stream().map(normalizer::normalize).toList();
    }
  }

  /** Joins all tokens. */
  record Fuse() implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
      return List.of(String.join("", tokens));
    }
  }

  /** Removes up to so many of a character from the ends of each token. */
  record Strip(int content, int start, int stop) implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
      return tokens.stream().map(this::strip).toList();
    }

    private String strip(String token) {
      var characters = token.codePoints().toArray();
      int from = 0;
      while (from < Math.min(start, characters.length) && characters[from] == content) {
        from++;
      }
      var to = characters.length;
      while (to > from && characters.length - to < stop && characters[to - 1] == content) {
        to--;
      }
      return new String(characters, from, to - from);
    }
  }

  /** Turns the tokens of single bytes into text; where neighbours are not UTF-8 together, each becomes U+FFFD. */
  record ByteFallback() implements Decoder {
    @Override
    public List<String> decode(List<String> tokens) {
      var result = new ArrayList<String>();
      var bytes = new ByteArrayOutputStream();
      for (var token : tokens) {
        var value = ByteToken.value(token);
        if (value >= 0) {
          bytes.write(value);
        } else {
          flush(bytes, result);
          result.add(token);
        }
      }
      flush(bytes, result);
      return result;
    }

    private static void flush(ByteArrayOutputStream bytes, List<String> result) {
      if (bytes.size() > 0) {
        try {
          result.add(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString());
        } catch (CharacterCodingException _) {
          result.add("\uFFFD".repeat(bytes.size()));
        }
        bytes.reset();
      }
    }
  }

  /** Applies several, one after the other. */
  record Sequence(List<Decoder> steps) implements Decoder {
    public Sequence {
      steps = List.copyOf(steps);
    }

    @Override
    public List<String> decode(List<String> tokens) {
      var result = tokens;
      for (var step : steps) {
        result = step.decode(result);
      }
      return result;
    }
  }
}
