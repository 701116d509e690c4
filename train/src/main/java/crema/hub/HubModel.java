package crema.hub;

import java.util.List;

/**
 * What a hub has of a model.
 *
 * @param commit the revision in full: 40 hexadecimal digits
 * @param files all files of that revision
 */
record HubModel(String commit, List<HubFile> files) {
  HubModel {
    files = List.copyOf(files);
  }
}
