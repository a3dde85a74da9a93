#include "ctl/selection.hpp"

#include "units/base/glob.hpp"

namespace supd::ctl {

bool names_one_unit(const std::vector<std::string>& units) {
  return units.size() == 1 && !is_glob(units[0]) && !units[0].starts_with('@');
}

int wanted_lines(const Options& options) {
  return options.lines.value_or(options.follow ? default_lines_before_follow : default_lines);
}

}  // namespace supd::ctl
