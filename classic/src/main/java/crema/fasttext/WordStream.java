package crema.fasttext;

import crema.base.CounterRandom;
import crema.base.IntList;
import crema.base.Permutation;

/**
 * Words of sub-sampled lines; each is an example: the word that predicts its neighbours in skip-gram, or that its
 * neighbours predict in CBOW.
 *
 * <p>Neighbouring words share most of their neighbours, so they do not go into the same batch: as many lines as a batch
 * has examples are walked side by side, and a batch is the next word of each of them that has one.
 */
final class WordStream implements ExampleStream {
  private final Corpus corpus;
  private final FastTextConfig config;
  private final float[] keep;
  private final IntList numbers = new IntList();
  private final CounterRandom random = new CounterRandom();
  private final IntList[] lines;
  private int epoch;
  private int firstLine;
  private int word;
  private int longest;
  private Permutation order;

  WordStream(Corpus corpus, FastTextConfig config, int batchSize) {
    this.corpus = corpus;
    this.config = config;
    Dictionary dictionary = corpus.dictionary();
    keep = new float[dictionary.wordCount()];
    for (int w = 0; w < keep.length; w++) {
      double frequency = (double) dictionary.count(w) / dictionary.tokenCount();
      keep[w] = (float) (Math.sqrt(config.t() / frequency) + config.t() / frequency);
    }
    lines = new IntList[batchSize];
    for (int i = 0; i < batchSize; i++) {
      lines[i] = new IntList();
    }
    order = order(0);
  }

  private Permutation order(int ofEpoch) {
    return new Permutation(corpus.size(), config.seed(), ofEpoch);
  }

  @Override
  public Position position() {
    return new Position(epoch, firstLine, word);
  }

  @Override
  public void seek(Position position) {
    epoch = position.epoch();
    firstLine = position.line();
    word = position.word();
    order = order(epoch);
    if (epoch < config.epoch()) {
      sample();
    }
  }

  /** Chooses the words that stay of the lines that are walked next. */
  private void sample() {
    longest = 0;
    for (int i = 0; i < lines.length; i++) {
      lines[i].clear();
      if (firstLine + i < corpus.size()) {
        int index = config.shuffle() ? order.at(firstLine + i) : firstLine + i;
        random.seek(config.seed(), epoch, index);
        corpus.read(index, numbers);
        for (int n = 0; n < numbers.size(); n++) {
          if (random.nextFloat() <= keep[numbers.get(n)]) {
            lines[i].add(numbers.get(n));
          }
        }
        longest = Math.max(longest, lines[i].size());
      }
    }
  }

  /** Moves to lines with words left; false at the end of the run. */
  private boolean advance() {
    while (epoch < config.epoch() && word >= longest) {
      word = 0;
      firstLine += lines.length;
      if (firstLine >= corpus.size()) {
        firstLine = 0;
        order = order(++epoch);
      }
      if (epoch < config.epoch()) {
        sample();
      }
    }
    return epoch < config.epoch();
  }

  @Override
  public int next(Example[] batch, int first, int step) {
    if (!advance()) {
      return 0;
    }
    int count = 0;
    for (int i = 0; i < lines.length; i++) {
      if (word < lines[i].size()) {
        if (count % step == first) {
          fill(batch[count], lines[i], firstLine + i);
        }
        count++;
      }
    }
    word++;
    return count;
  }

  private void fill(Example example, IntList words, int line) {
    example.clear();
    example.random.seek(config.seed() + 1, (long) epoch << 32 | line, word);
    int boundary = 1 + example.random.nextInt(config.ws());
    int from = Math.max(0, word - boundary);
    int to = Math.min(words.size() - 1, word + boundary);
    boolean skipgram = config.task() == Task.SKIPGRAM;
    for (int c = from; c <= to; c++) {
      boolean isCentre = c == word;
      if (isCentre == skipgram) {
        corpus.dictionary().wordRows(words.get(c), example.rows);
      } else {
        example.targets.add(words.get(c));
      }
    }
  }
}
