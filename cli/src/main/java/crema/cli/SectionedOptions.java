package crema.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Lists the options of a command in sections: first its own, then those of each mixin under the mixin's name.
 *
 * <p>Picocli shows sections only for argument groups, and a group forgets what it was told when an option is repeated.
 */
final class SectionedOptions implements IHelpSectionRenderer {
  @Override
  public String render(Help help) {
    CommandSpec spec = help.commandSpec();
    Map<String, CommandSpec> mixins = spec.mixins();
    var inSections = new HashSet<String>();
    var sections = new StringBuilder();
    mixins.forEach((name, mixin) -> {
      // Mixins with a capital name are sections; picocli's own, for --help, is not.
      if (Character.isUpperCase(name.charAt(0))) {
        mixin.options().forEach(option -> inSections.add(option.longestName()));
        sections.append(System.lineSeparator()).append(name).append(':').append(System.lineSeparator())
            .append(list(help, mixin.options()));
      }
    });
    var own = new ArrayList<OptionSpec>();
    for (OptionSpec option : spec.options()) {
      if (!inSections.contains(option.longestName())) {
        own.add(option);
      }
    }
    return list(help, own) + sections;
  }

  private static String list(Help help, List<OptionSpec> options) {
    Help.Layout layout = help.createDefaultLayout();
    layout.addOptions(
        options.stream().filter(option -> !option.hidden()).toList(), help.createDefaultParamLabelRenderer());
    return layout.toString();
  }
}
