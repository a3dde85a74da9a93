#include "daemon/apply/override_change.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "config/keys/names.hpp"
#include "config/load/limits.hpp"
#include "ctl/proto/outcome.hpp"
#include "units/base/glob.hpp"
#include "units/base/nearest.hpp"

namespace supd::apply {
namespace {

using control::ChangeKind;
using Fault = std::unexpected<proto::RpcFault>;

Fault refuse(proto::Outcome outcome, std::string message, std::string hint = {}, std::string nearest = {}) {
  proto::RpcFault fault{static_cast<int>(outcome), std::move(message), std::move(nearest), {}};
  fault.hint = std::move(hint);
  return Fault(std::move(fault));
}

Fault bad(std::string message, std::string hint = {}) {
  return refuse(proto::Outcome::usage, std::move(message), std::move(hint));
}

/// "web" of "web:2"; "" when it is no replica's name.
std::string_view set_of(std::string_view name) {
  std::size_t colon = name.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == name.size()) return {};
  bool number = name.substr(colon + 1).find_first_not_of("0123456789") == std::string_view::npos;
  return number ? name.substr(0, colon) : std::string_view();
}

/// "web=3".
struct Scale {
  std::string_view unit;
  std::uint32_t replicas = 0;
};

std::expected<Scale, proto::RpcFault> read_scale(std::string_view word) {
  std::size_t equals = word.rfind('=');
  Scale scale{word.substr(0, equals)};
  if (equals == std::string_view::npos) return bad("how many replicas of " + std::string(word) + "? write it as web=3");
  std::string_view number = word.substr(equals + 1);
  auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), scale.replicas);
  bool read = error == std::errc() && end == number.data() + number.size();
  if (read && scale.replicas <= config::max_replicas) return scale;
  return bad("\"" + std::string(number) + "\" is no number of replicas",
             "write a number from 0 to " + std::to_string(config::max_replicas));
}

class Changer {
 public:
  Changer(const config::Loaded& running, const control::Change& change) : running_(running), change_(change) {
    out_.overrides = running.overrides;
  }

  std::expected<OverrideChange, proto::RpcFault> run() {
    for (const std::string& word : change_.units) {
      auto done = change_.kind == ChangeKind::scale ? scale(word) : take(word);
      if (!done) return std::unexpected(std::move(done.error()));
    }
    std::erase_if(out_.overrides.units, [](const auto& entry) { return entry.second.empty(); });
    return std::move(out_);
  }

 private:
  using Done = std::expected<void, proto::RpcFault>;

  [[nodiscard]] const UnitSpec* declared(std::string_view name) const {
    auto found = std::ranges::find_if(running_.declared, [name](const auto& unit) { return unit.spec->name == name; });
    return found != running_.declared.end() ? found->spec.get() : nullptr;
  }

  [[nodiscard]] bool is_template(std::string_view name) const {
    return std::ranges::find(running_.templates, name) != running_.templates.end();
  }

  Done take(const std::string& word) {
    if (is_glob(word)) return take_matches(word);
    const UnitSpec* spec = declared(word);
    bool new_instance = spec == nullptr && config::is_unit_name(word) && is_template(config::template_of(word));
    if (spec == nullptr && !new_instance) return unknown(word);
    if (new_instance && change_.kind != ChangeKind::enable && change_.kind != ChangeKind::mask) return unknown(word);
    say(word, spec);
    return {};
  }

  Done take_matches(const std::string& pattern) {
    bool any = false;
    for (const config::Unit& unit : running_.declared) {
      if (!glob_matches(pattern, unit.spec->name)) continue;
      any = true;
      say(unit.spec->name, unit.spec.get());
    }
    if (any) return {};
    return refuse(proto::Outcome::no_such_unit, "no unit matches \"" + pattern + "\"");
  }

  [[nodiscard]] Done unknown(const std::string& word) const {
    std::string verb = change_.kind == ChangeKind::scale ? "scale" : std::string(word_of_kind());
    if (word.starts_with('@')) return bad(verb + " is said of units, not of the members of a target");
    std::string_view set = set_of(word);
    if (const UnitSpec* spec = declared(set); spec != nullptr && running_.find(word) != nullptr) {
      std::string whole = verb + " " + std::string(set);
      if (change_.kind == ChangeKind::scale)
        whole += "=" + std::to_string(running_.find(set)->spec->replicas.value_or(1));
      return bad(word + " is one of the replicas of " + std::string(set), "say it of all of them: supctl " + whole);
    }
    if (is_template(word)) return bad(word + " is a template", "name a unit that is made of it: " + word + "NAME");
    std::vector<std::string_view> names;
    for (const config::Unit& unit : running_.declared) names.push_back(unit.spec->name);
    std::string near = nearest(word, names);
    std::string hint = near.empty() ? "if its file is new: supctl apply" : "";
    return refuse(proto::Outcome::no_such_unit, "no such unit: \"" + word + "\"", std::move(hint), std::move(near));
  }

  [[nodiscard]] std::string_view word_of_kind() const {
    switch (change_.kind) {
      case ChangeKind::enable: return "enable";
      case ChangeKind::disable: return "disable";
      case ChangeKind::mask: return "mask";
      case ChangeKind::unmask: return "unmask";
      case ChangeKind::scale: return "scale";
      case ChangeKind::diff:
      case ChangeKind::apply: break;
    }
    std::unreachable();
  }

  /// `spec`: as it is written; nullptr: an instance that does not exist yet.
  void say(const std::string& name, const UnitSpec* spec) {
    if (std::ranges::find(out_.units, name) != out_.units.end()) return;
    out_.units.push_back(name);
    bool instance = !config::template_of(name).empty() && is_template(config::template_of(name));
    out_.instances = out_.instances || instance;
    config::Override& said = out_.overrides.units[name];
    if (change_.kind == ChangeKind::mask || change_.kind == ChangeKind::unmask) return say_masked(name, said);
    bool enabled = change_.kind == ChangeKind::enable;
    bool was = spec != nullptr && said.enabled.value_or(spec->enabled);
    // An instance exists because somebody said so.
    bool needless = spec != nullptr && spec->enabled == enabled && !instance;
    said.enabled = needless ? std::nullopt : std::optional(enabled);
    std::string now = enabled ? "starts with supd" : "does not start with supd";
    out_.notes.push_back(name +
                         (was == enabled && spec != nullptr ? ": " + now + " already" : ": " + now + " from now on"));
  }

  void say_masked(const std::string& name, config::Override& said) {
    bool mask = change_.kind == ChangeKind::mask;
    std::string text = mask ? "nobody can start it" : "can be started";
    out_.notes.push_back(name + ": " + text + (said.masked == mask ? " already" : " from now on"));
    said.masked = mask;
  }

  Done scale(const std::string& word) {
    auto wish = read_scale(word);
    if (!wish) return std::unexpected(std::move(wish.error()));
    std::string name(wish->unit);
    const UnitSpec* spec = declared(name);
    if (spec == nullptr) return unknown(name);
    if (spec->kind == Kind::target) return bad(name + " is a target: it has no process that could be multiplied");
    out_.units.push_back(name);
    config::Override& said = out_.overrides.units[name];
    auto before = said.replicas ? said.replicas : spec->replicas;
    // One of a unit whose file says nothing of replicas is the unit itself.
    bool as_written = spec->replicas ? *spec->replicas == wish->replicas : wish->replicas == 1;
    said.replicas = as_written ? std::nullopt : std::optional(wish->replicas);
    std::string count = std::to_string(wish->replicas) + (wish->replicas == 1 ? " replica" : " replicas");
    out_.notes.push_back(name + ": " + count + (before == wish->replicas ? " already" : ""));
    return {};
  }

  const config::Loaded& running_;
  const control::Change& change_;
  OverrideChange out_;
};

}  // namespace

std::expected<OverrideChange, proto::RpcFault> change_overrides(const config::Loaded& running,
                                                                const control::Change& change) {
  return Changer(running, change).run();
}

}  // namespace supd::apply
