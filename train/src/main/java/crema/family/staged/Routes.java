package crema.family.staged;

import crema.base.NearestName;
import crema.base.UserError;
import crema.data.LabelSet;
import crema.data.Taxonomy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How several small decisions lead to the labels of one classifier. Each label has a route: the branches to take, one
 * after the other. Where routes part there is a {@link Stage}, to be decided by a classifier of its own.
 */
public final class Routes {
  private final Map<String, List<String>> routes = new LinkedHashMap<>();
  private final List<Stage> stages;

  /**
   * A decision.
   *
   * @param after the branches that lead to it
   * @param branches what it decides between, at least two, in the order of the labels
   */
  public record Stage(List<String> after, List<String> branches) {
    /** Copies the branches. */
    public Stage {
      after = List.copyOf(after);
      branches = List.copyOf(branches);
    }

    boolean isOn(List<String> route) {
      return route.size() > after.size() && route.subList(0, after.size()).equals(after);
    }

    /** The branch that a route takes here; the route must pass here. */
    String branchOf(List<String> route) {
      return route.get(after.size());
    }

    @Override
    public String toString() {
      return after.isEmpty() ? "the first stage" : "the stage after '" + String.join("', '", after) + "'";
    }
  }

  /**
   * Routes.
   *
   * @param routes of each label, in the order of the labels; none is the beginning of another
   */
  Routes(Map<String, List<String>> routes) {
    routes.forEach((label, route) -> this.routes.put(label, List.copyOf(route)));
    var branches = new LinkedHashMap<List<String>, Set<String>>();
    for (List<String> route : this.routes.values()) {
      for (int length = 0; length < route.size(); length++) {
        branches.computeIfAbsent(route.subList(0, length), after -> new LinkedHashSet<>()).add(route.get(length));
      }
    }
    if (this.routes.size() < 2 || new LinkedHashSet<>(this.routes.values()).size() < this.routes.size()
        || this.routes.values().stream().anyMatch(branches::containsKey)) {
      throw new IllegalArgumentException("at least two labels need a route each, none the beginning of another");
    }
    stages = branches.entrySet().stream()
        .filter(stage -> stage.getValue().size() > 1)
        .map(stage -> new Stage(stage.getKey(), List.copyOf(stage.getValue())))
        .toList();
  }

  /**
   * First whether it is the catch-all class, then which of the others.
   *
   * @throws UserError when there is no such label, or fewer than two others
   */
  static Routes twoStage(LabelSet labels, String catchAll) {
    if (labels.indexOf(catchAll) < 0) {
      throw new UserError("--two-stage: no training row has the label '" + catchAll + "'"
          + NearestName.suggestion(catchAll, labels.names()));
    }
    if (labels.size() < 3) {
      throw new UserError("--two-stage: besides '" + catchAll + "' there must be at least two labels to tell "
          + "apart in the second stage");
    }
    var routes = new LinkedHashMap<String, List<String>>();
    for (String label : labels.names()) {
      routes.put(label, label.equals(catchAll) ? List.of(catchAll) : List.of("not " + catchAll, label));
    }
    return new Routes(routes);
  }

  /**
   * For each parent of a taxonomy which child, and, where rows have the parent itself as their label, whether any.
   *
   * @param labels of the rows, all of them nodes
   */
  static Routes local(LabelSet labels, Taxonomy taxonomy) {
    var routes = new LinkedHashMap<String, List<String>>();
    for (String label : labels.names()) {
      int node = taxonomy.indexOf(label);
      var route = new ArrayList<String>();
      Arrays.stream(taxonomy.ancestors(node)).mapToObj(taxonomy::name).forEach(route::add);
      route.add(label);
      if (!taxonomy.isLeaf(node)) {
        route.add(label);
      }
      routes.put(label, route);
    }
    return new Routes(routes);
  }

  /** The decisions, the first one first. */
  public List<Stage> stages() {
    return stages;
  }

  /** The route of a label; empty if it has none. */
  List<String> route(String label) {
    return routes.getOrDefault(label, List.of());
  }

  /** The routes by label, in order. */
  Map<String, List<String>> byLabel() {
    return Collections.unmodifiableMap(routes);
  }
}
