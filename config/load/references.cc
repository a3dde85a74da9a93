#include "config/load/references.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "units/base/expand.hpp"

namespace supd::config {
namespace {

constexpr std::string_view some_value = "value";

/// Variables that supd sets for every process, or for those with a user of their own.
constexpr std::array<std::string_view, 2> always_set{"SUPD_UNIT", "SUPD_RUN"};
constexpr std::array<std::string_view, 4> of_users{"USER", "LOGNAME", "HOME", "SHELL"};

template <class Words>
bool has(const Words& words, std::string_view name) {
  return std::ranges::find(words, name) != std::ranges::end(words);
}

class References {
 public:
  References(const UnitPlaces& places, const UnitSpec& unit) : places_(places), unit_(unit) {}

  void check_words(std::string_view key, const std::vector<std::string>& words) const {
    for (std::size_t i = 0; i < words.size(); ++i) check(key, words[i], i);
  }

  /// `item`: which of a list it is.
  void check(std::string_view key, const std::string& text, std::size_t item = 0) const {
    if (!has_references(text)) return;
    auto expanded = expand(text, [this](std::string_view name) { return value_of(name); });
    if (expanded) return;
    const ExpandError& error = expanded.error();
    const Entry* entry = places_.find(key);
    if (entry == nullptr) return;
    const Value& value = entry->value;
    Position at = item < value.items.size() ? value.items[item].at : value.at;
    std::string hint = error.variable.empty() ? "write $${ for a ${ that the program itself, such as a shell, shall see"
                                              : "set it in [env], or write ${" + error.variable + ":-default}; $${" +
                                                    error.variable + "} leaves it to the program";
    if (!error.variable.empty() && may_be_inherited(error.variable)) {
      places_.problems().warning(at, key, error.message + " here, and may not be for supd", hint);
    } else {
      places_.problems().error(at, key, error.message, hint);
    }
  }

 private:
  [[nodiscard]] bool may_be_inherited(std::string_view name) const {
    return unit_.environment.inherit_all || has(unit_.environment.inherit, name);
  }

  [[nodiscard]] std::optional<std::string_view> value_of(std::string_view name) const {
    const auto& values = unit_.environment.values;
    auto own = std::ranges::find(values, name, &std::pair<std::string, std::string>::first);
    if (own != values.end()) return own->second;
    bool by_supd =
        has(always_set, name) || (unit_.run_as.set_uid && has(of_users, name)) || (unit_.replicas && name == "REPLICA");
    if (by_supd) return some_value;
    const char* inherited = may_be_inherited(name) ? std::getenv(std::string(name).c_str()) : nullptr;
    return inherited != nullptr ? std::optional<std::string_view>(inherited) : std::nullopt;
  }

  const UnitPlaces& places_;
  const UnitSpec& unit_;
};

}  // namespace

void check_references(const UnitPlaces& places, const UnitSpec& unit) {
  References references(places, unit);
  references.check_words("command", unit.command);
  references.check_words("stop.command", unit.stop.command);
  references.check("directory", unit.directory);
}

}  // namespace supd::config
