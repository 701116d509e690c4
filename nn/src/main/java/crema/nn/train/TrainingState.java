package crema.nn.train;

import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.JsonValues;
import crema.base.json.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a run is, apart from its tensors. Together with them it decides everything that comes after: random numbers and
 * the order of the batches are functions of the seed, the step and the epoch.
 *
 * @param version the format of the checkpoint
 * @param step optimizer steps done
 * @param epoch epochs completed
 * @param batch batches of the current epoch that are done
 * @param earlyStopping the best validation so far
 * @param smoothedLoss the running mean of the loss, for the guard against divergence; NaN before the first step
 * @param seconds training time, over all resumed parts
 * @param identity what tells the run from others, by name
 */
record TrainingState(int version, long step, int epoch, int batch, EarlyStopping earlyStopping, double smoothedLoss,
    double seconds, Map<String, String> identity) {
  /** Version 3 has an identity of any parts; before it was two hashes. */
  static final int VERSION = 3;

  static TrainingState start(Map<String, String> identity) {
    return new TrainingState(VERSION, 0, 0, 0, EarlyStopping.START, Double.NaN, 0, identity);
  }

  /** The state as a checkpoint keeps it. */
  ObjectNode toJson() {
    var best = new ObjectNode().put("best_step", earlyStopping.bestStep()).put("best_value", earlyStopping.bestValue())
        .put("since_best", earlyStopping.sinceBest());
    return new ObjectNode().put("version", version).put("step", step).put("epoch", epoch).put("batch", batch)
        .set("early_stopping", best).put("smoothed_loss", smoothedLoss).put("seconds", seconds)
        .set("identity", JsonValues.toJson(identity));
  }

  /**
   * The state that a checkpoint keeps.
   *
   * @throws JsonException when it is none
   */
  static TrainingState ofJson(JsonNode json) {
    JsonNode best = json.path("early_stopping");
    var identity = new LinkedHashMap<String, String>();
    json.path("identity").properties().forEach(entry -> identity.put(entry.getKey(), entry.getValue().stringValue()));
    return new TrainingState(json.path("version").intValue(), json.path("step").longValue(),
        json.path("epoch").intValue(), json.path("batch").intValue(),
        new EarlyStopping(best.path("best_step").longValue(), best.path("best_value").asDouble(Double.NaN),
            best.path("since_best").intValue()),
        json.path("smoothed_loss").asDouble(Double.NaN), json.path("seconds").doubleValue(), identity);
  }

  /** One step on, within the epoch. */
  TrainingState withStep(int batchesDone, double newSmoothedLoss, double newSeconds) {
    return new TrainingState(version, step + 1, epoch, batchesDone, earlyStopping, newSmoothedLoss, newSeconds,
        identity);
  }

  /** At the start of the next epoch. */
  TrainingState withNextEpoch() {
    return new TrainingState(version, step, epoch + 1, 0, earlyStopping, smoothedLoss, seconds, identity);
  }

  /** Where a run with more steps begins that goes on from here. */
  TrainingState goingOn(Map<String, String> newIdentity) {
    var best = new EarlyStopping(earlyStopping.bestStep(), earlyStopping.bestValue(), 0);
    return new TrainingState(version, step, epoch, batch, best, smoothedLoss, seconds, newIdentity);
  }

  /** With the running mean of the loss up to this step. */
  TrainingState withSmoothedLoss(double newSmoothedLoss) {
    return new TrainingState(version, step, epoch, batch, earlyStopping, newSmoothedLoss, seconds, identity);
  }

  /** After a validation. */
  TrainingState withEarlyStopping(EarlyStopping newEarlyStopping) {
    return new TrainingState(version, step, epoch, batch, newEarlyStopping, smoothedLoss, seconds, identity);
  }
}
