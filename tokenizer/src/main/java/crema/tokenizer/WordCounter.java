package crema.tokenizer;

import crema.base.WorkerPool;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Cuts the texts of a corpus into words and counts them, on several threads. */
final class WordCounter {
  /** How many texts a thread takes at a time. */
  private static final int BATCH = 256;

  private final Iterator<String> texts;
  private final TextPipeline pipeline;
  private final TrainingProgress progress;
  private long textsTaken;
  private boolean failed;

  WordCounter(Iterator<String> texts, TextPipeline pipeline, TrainingProgress progress) {
    this.texts = texts;
    this.pipeline = pipeline;
    this.progress = progress;
  }

  /** Counts everything. Sums do not depend on which thread counted what. */
  WordCounts count(WorkerPool pool) {
    var parts = pool.map(pool.threads(), _ -> countBatches());
    var total = parts.getFirst();
    parts.subList(1, parts.size()).forEach(total::addAll);
    return total;
  }

  private WordCounts countBatches() {
    var counts = new WordCounts();
    var workspace = new Workspace();
    var sink = new TextPipeline.Sink() {
      @Override
      public void piece(char[] text, int from, int to) {
        counts.add(text, from, to, 1);
      }

      @Override
      public void token(int id) {
        // A special token is in the vocabulary already, and no merge crosses it.
      }
    };
    for (var batch = nextBatch(); !batch.isEmpty(); batch = nextBatch()) {
      for (var text : batch) {
        pipeline.run(text, workspace, sink);
      }
    }
    return counts;
  }

  private synchronized List<String> nextBatch() {
    var batch = new ArrayList<String>(BATCH);
    if (failed) {
      return batch;
    }
    failed = true;
    while (batch.size() < BATCH && texts.hasNext()) {
      batch.add(texts.next());
    }
    textsTaken += batch.size();
    progress.update(TrainingProgress.Phase.READING_TEXTS, textsTaken, TrainingProgress.UNKNOWN);
    failed = false;
    return batch;
  }
}
