package crema.fasttext;

import crema.base.IntList;
import crema.base.Permutation;

/** A batch is a few lines; each is an example. */
final class ClassifierStream implements ExampleStream {
  private final Corpus corpus;
  private final FastTextConfig config;
  private final IntList numbers = new IntList();
  private final IntList hashes = new IntList();
  private int epoch;
  private int line;
  private Permutation order;

  ClassifierStream(Corpus corpus, FastTextConfig config) {
    this.corpus = corpus;
    this.config = config;
    order = order(0);
  }

  private Permutation order(int ofEpoch) {
    return new Permutation(corpus.size(), config.seed(), ofEpoch);
  }

  @Override
  public Position position() {
    return new Position(epoch, line, 0);
  }

  @Override
  public void seek(Position position) {
    epoch = position.epoch();
    line = position.line();
    order = order(epoch);
  }

  @Override
  public int next(Example[] batch, int first, int step) {
    if (line == corpus.size()) {
      epoch++;
      line = 0;
      order = order(epoch);
    }
    if (epoch >= config.epoch()) {
      return 0;
    }
    int count = Math.min(batch.length, corpus.size() - line);
    for (int b = first; b < count; b += step) {
      fill(batch[b], config.shuffle() ? order.at(line + b) : line + b);
    }
    line += count;
    return count;
  }

  private void fill(Example example, int index) {
    example.clear();
    example.random.seek(config.seed(), epoch, index);
    example.weight = corpus.weight(index);
    corpus.read(index, numbers);
    hashes.clear();
    int labels = numbers.get(0);
    for (int i = 1 + labels; i < numbers.size(); i++) {
      corpus.addWord(numbers.get(i), example.rows, hashes);
    }
    corpus.dictionary().wordNgramRows(hashes, example.rows);
    if (config.loss() == LossKind.ONE_VS_ALL) {
      example.targets.addAll(numbers.array(), 1, 1 + labels);
    } else {
      example.targets.add(numbers.get(1 + example.random.nextInt(labels)));
    }
  }
}
