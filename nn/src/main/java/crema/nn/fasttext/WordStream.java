package crema.nn.fasttext;

/**
 * A batch is a few words of sub-sampled lines; each is an example: the word that predicts its neighbours in skip-gram,
 * or that its neighbours predict in CBOW.
 */
final class WordStream implements ExampleStream {
  private final Corpus corpus;
  private final FastTextConfig config;
  private final float[] keep;
  private final IntList numbers = new IntList();
  private final IntList words = new IntList();
  private final CounterRandom random = new CounterRandom();
  private int epoch;
  private int line = -1;
  private int word;
  private Permutation order;

  WordStream(Corpus corpus, FastTextConfig config) {
    this.corpus = corpus;
    this.config = config;
    Dictionary dictionary = corpus.dictionary();
    keep = new float[dictionary.wordCount()];
    for (int w = 0; w < keep.length; w++) {
      double frequency = (double) dictionary.count(w) / dictionary.tokenCount();
      keep[w] = (float) (Math.sqrt(config.t() / frequency) + config.t() / frequency);
    }
    order = order(0);
  }

  private Permutation order(int ofEpoch) {
    return new Permutation(corpus.size(), CounterRandom.mix(config.seed() * 31 + ofEpoch));
  }

  @Override
  public Position position() {
    return new Position(epoch, Math.max(0, line), word);
  }

  @Override
  public void seek(Position position) {
    epoch = position.epoch();
    line = position.line();
    order = order(epoch);
    if (line == 0 && position.word() == 0) {
      line = -1;
    } else {
      sample();
    }
    word = position.word();
  }

  /** Chooses the words of the current line that stay. */
  private void sample() {
    int index = config.shuffle() ? order.get(line) : line;
    random.seek(config.seed(), epoch, index);
    corpus.read(index, numbers);
    words.clear();
    for (int i = 0; i < numbers.size(); i++) {
      if (random.nextFloat() <= keep[numbers.get(i)]) {
        words.add(numbers.get(i));
      }
    }
  }

  /** Moves to the next word that is an example; false at the end of the run. */
  private boolean advance() {
    while (line < 0 || word == words.size()) {
      if (epoch >= config.epoch() || corpus.size() == 0) {
        return false;
      }
      line++;
      word = 0;
      if (line == corpus.size()) {
        epoch++;
        line = -1;
        words.clear();
        order = order(epoch);
      } else {
        sample();
      }
    }
    return epoch < config.epoch();
  }

  @Override
  public int next(Example[] batch, int first, int step) {
    int count = 0;
    while (count < batch.length && advance()) {
      if (count % step == first) {
        fill(batch[count]);
      }
      word++;
      count++;
    }
    return count;
  }

  private void fill(Example example) {
    example.clear();
    example.random.seek(config.seed() + 1, epoch * 0x100000000L + line, word);
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
