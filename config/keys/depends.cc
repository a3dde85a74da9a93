#include <array>

#include "config/keys/codecs.hpp"
#include "config/keys/names.hpp"
#include "config/keys/sections.hpp"
#include "units/base/nearest.hpp"

namespace supd::config {
namespace {

constexpr std::array conditions{Condition::started, Condition::ready, Condition::completed, Condition::exited};

std::span<const std::string_view> condition_words() {
  static const std::array words{word(conditions[0]), word(conditions[1]), word(conditions[2]), word(conditions[3])};
  return words;
}

std::optional<Condition> condition_of(std::string_view text) {
  for (Condition condition : conditions) {
    if (word(condition) == text) return condition;
  }
  return std::nullopt;
}

/// "db" or "db:started". A colon may also be part of the name ("web:1"): only a suffix that is a
/// condition, or nearly one, is taken for one.
std::optional<Dependency> read_dependency(const Field& field, const Value& item) {
  auto text = read_text(field, item);
  if (!text) return std::nullopt;
  Dependency dependency;
  dependency.unit = *text;
  std::size_t colon = text->rfind(':');
  if (colon != std::string::npos) {
    std::string suffix = text->substr(colon + 1);
    auto condition = condition_of(suffix);
    std::string near = condition ? std::string() : nearest(suffix, condition_words());
    if (!near.empty()) {
      field.error_at(item, in_quotes(suffix) + " is not a condition",
                     "did you mean \"" + text->substr(0, colon + 1) + near + "\"?");
      return std::nullopt;
    }
    if (condition) {
      dependency.unit.resize(colon);
      dependency.condition = *condition;
    }
  }
  if (is_unit_name(dependency.unit) || is_unit_pattern(dependency.unit)) return dependency;
  field.error_at(item, in_quotes(dependency.unit) + " can't be the name of a unit", std::string(unit_name_rule));
  return std::nullopt;
}

/// Whether the last part of the name would be taken for a condition, if none stood behind it.
bool ends_as_condition(std::string_view name) {
  std::size_t colon = name.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::string_view suffix = name.substr(colon + 1);
  return condition_of(suffix) || !nearest(suffix, condition_words()).empty();
}

}  // namespace

void read_depends(const Field& field, UnitSpec& unit, Relation relation) {
  if (field.value.type != Value::Type::array) {
    field.wrong_type(field.value, "a list of units");
    return;
  }
  for (const Value& item : field.value.items) {
    auto dependency = read_dependency(field, item);
    if (!dependency) continue;
    if (relation == Relation::conflicts && dependency->condition != Condition::ready) {
      field.error_at(item, "a conflict takes no condition", "write: \"" + dependency->unit + "\"");
      continue;
    }
    dependency->relation = relation;
    dependency->where = {unit.where.file, item.at.line, item.at.column};
    unit.depends.push_back(std::move(*dependency));
  }
}

std::string show_depends(const UnitSpec& unit, Relation relation) {
  std::vector<std::string> texts;
  for (const Dependency& dependency : unit.depends) {
    if (dependency.relation != relation) continue;
    bool usual = dependency.condition == Condition::ready && !ends_as_condition(dependency.unit);
    texts.push_back(dependency.unit + (usual ? "" : ":" + std::string(word(dependency.condition))));
  }
  return show_list(texts);
}

}  // namespace supd::config
