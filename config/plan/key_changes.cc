#include "config/plan/key_changes.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>

#include "config/keys/key_index.hpp"
#include "config/keys/keys.hpp"
#include "config/show/effective.hpp"

namespace supd::config {
namespace {

constexpr std::string_view masked_value = "\"…\"";
constexpr std::string_view variable_prefix = "env.";

Consequence consequence_of(std::string_view key) {
  std::string_view path = key.starts_with(variable_prefix) ? "env" : key;
  std::size_t place = unit_key_index().find(path);
  bool live = place != KeyIndex::none && unit_keys()[place].info.effect == Effect::live;
  return live ? Consequence::live : Consequence::restart;
}

/// What may be shown to everybody who may see a plan.
std::string harmless_value(std::string_view key, std::string value) {
  bool secret = key.starts_with(variable_prefix) && looks_secret(key.substr(variable_prefix.size()));
  return secret && !value.empty() ? std::string(masked_value) : value;
}

KeyChange change_of(const std::string& key, std::string before, const EffectiveValue* after) {
  KeyChange change;
  change.key = key;
  change.consequence = consequence_of(key);
  change.before = harmless_value(key, std::move(before));
  if (after != nullptr) {
    change.after = harmless_value(key, after->value);
    change.where = after->where;
  }
  return change;
}

/// Ids that a name stands for are in no key: the user database changed, not the file.
void add_hidden(std::vector<KeyChange>& changes, const UnitSpec& before, const UnitSpec& after) {
  if (before.masked != after.masked) {
    changes.push_back(
        {"masked", before.masked ? "true" : "false", after.masked ? "true" : "false", {}, Consequence::live});
  }
  if (!changes.empty()) return;
  bool ids = before.run_as != after.run_as;
  changes.push_back({ids ? "run_as" : "kind", {}, {}, ids ? "/etc/passwd, /etc/group" : "", Consequence::restart});
}

}  // namespace

bool looks_secret(std::string_view variable) {
  std::string upper(variable);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  constexpr std::array<std::string_view, 7> inside{"PASSWORD", "PASSWD",     "PASSPHRASE", "SECRET",
                                                   "TOKEN",    "CREDENTIAL", "PRIVATE"};
  bool named =
      std::ranges::any_of(inside, [&upper](std::string_view word) { return upper.find(word) != std::string::npos; });
  return named || upper.ends_with("KEY") || upper.ends_with("_PASS") || upper.ends_with("_PWD") ||
         upper.ends_with("_AUTH") || upper.ends_with("DATABASE_URL") || upper.ends_with("_DSN");
}

std::vector<KeyChange> key_changes(const Unit& before, const Unit& after, const Loaded& loaded) {
  std::vector<EffectiveValue> old = effective(before, loaded);
  std::vector<EffectiveValue> fresh = effective(after, loaded);
  std::unordered_map<std::string_view, const EffectiveValue*> left;
  for (const EffectiveValue& value : old) left.emplace(value.key, &value);
  std::vector<KeyChange> changes;
  for (const EffectiveValue& value : fresh) {
    auto found = left.find(value.key);
    std::string was = found != left.end() ? found->second->value : std::string();
    if (found != left.end()) left.erase(found);
    if (was != value.value) changes.push_back(change_of(value.key, std::move(was), &value));
  }
  for (const EffectiveValue& value : old) {
    if (left.contains(value.key)) changes.push_back(change_of(value.key, value.value, nullptr));
  }
  add_hidden(changes, *before.spec, *after.spec);
  return changes;
}

std::vector<SettingChange> setting_changes(const DaemonConfig& before, const DaemonConfig& after) {
  std::vector<SettingChange> changes;
  for (const Key<DaemonConfig>& key : daemon_keys()) {
    if (!key.built()) continue;
    std::string was = key.show(before);
    std::string is = key.show(after);
    if (was != is) changes.push_back({std::string(key.info.path), was, is, key.info.effect == Effect::live});
  }
  return changes;
}

}  // namespace supd::config
