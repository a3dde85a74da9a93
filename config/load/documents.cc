#include "config/load/documents.hpp"

#include <algorithm>
#include <utility>

#include "config/daemon_config.hpp"
#include "config/keys/key_index.hpp"
#include "config/keys/names.hpp"
#include "config/load/limits.hpp"
#include "config/text/toml_reader.hpp"
#include "units/base/signal_names.hpp"

namespace supd::config {
namespace {

constexpr std::string_view settings_file = "supd.toml";
constexpr std::string_view settings_unit = "supd";

bool is_collection(const Value& document, std::string_view file) {
  if (base_name(file) == settings_file || document.find("units") != nullptr) return true;
  return std::ranges::any_of(document.entries, [](const Entry& entry) {
    return daemon_key_index().is_section(entry.key) || daemon_key_index().find(entry.key) != KeyIndex::none;
  });
}

std::string_view unit_name_of(std::string_view file) {
  std::string_view name = base_name(file);
  if (name.ends_with(".toml")) name.remove_suffix(5);
  return name;
}

Value text_value(std::string_view text, Position at) {
  Value value;
  value.type = Value::Type::text;
  value.text = text;
  value.at = at;
  return value;
}

/// A task that runs `command` once, when something starts it.
Value task_table(const Value& command, std::string_view description, Position at) {
  Value no = text_value({}, at), restart, table;
  no.type = Value::Type::boolean;
  restart.at = table.at = at;
  restart.entries = {{"policy", at, text_value("never", at)}};
  table.entries = {{"kind", at, text_value("task", at)},
                   {"description", at, text_value(description, at)},
                   {"enabled", at, std::move(no)},
                   {"command", at, command},
                   {"restart", at, std::move(restart)}};
  return table;
}

bool is_unit_key(std::string_view key) {
  return unit_key_index().find(key) != KeyIndex::none || unit_key_index().is_section(key);
}

}  // namespace

void Documents::read(std::uint32_t file, const FoundFile& found) {
  Problems problems(sources_.at(file), list_, &sources_);
  auto document = read_toml(problems);
  if (!document) return;
  if (found.role == FileRole::drop_in) {
    read_drop_in(problems, std::move(*document), found);
  } else if (is_collection(*document, found.path)) {
    read_collection(problems, std::move(*document), found.rank);
  } else {
    add_unit(problems, unit_name_of(found.path), {1, 1, file}, std::move(*document), found.rank);
  }
}

/// Ranks do not matter here: every drop-in that was found counts.
void Documents::read_drop_in(const Problems& problems, Value document, const FoundFile& found) {
  if (found.unit == settings_unit) {
    mark_shared(problems.source().file());
    lay_over(settings, std::move(document));
    return;
  }
  if (found.unit.ends_with('@')) mark_shared(problems.source().file());
  document.at = {1, 1, problems.source().file()};
  drop_ins[found.unit].push_back(std::move(document));
}

void Documents::read_collection(Problems& problems, Value document, std::uint32_t rank) {
  for (Entry& entry : document.entries) {
    if (entry.key == "units") {
      read_units(problems, std::move(entry), rank);
    } else if (is_unit_key(entry.key)) {
      problems.error(entry.at, entry.key, "this belongs to a unit, and the file is not the file of one unit",
                     "write it below [units.NAME], or into a file NAME.toml of its own");
    } else if (claim_settings(problems, entry, rank)) {
      mark_shared(problems.source().file());
      settings.entries.push_back(std::move(entry));
    }
  }
}

void Documents::read_units(Problems& problems, Entry tables, std::uint32_t rank) {
  if (tables.value.type != Value::Type::table) {
    problems.error(tables.value.at, "units", "units are tables, not " + std::string(type_text(tables.value.type)),
                   "write a line [units.NAME] above the keys of each unit");
    return;
  }
  for (Entry& unit : tables.value.entries) {
    if (unit.value.type == Value::Type::table) {
      add_unit(problems, unit.key, unit.at, std::move(unit.value), rank);
    } else {
      problems.error(unit.at, "units." + unit.key, "a unit is a table, not " + std::string(type_text(unit.value.type)),
                     "write a line [units.NAME] above the keys of each unit");
    }
  }
}

void Documents::add_unit(Problems& problems, std::string_view name, Position at, Value table, std::uint32_t rank) {
  Claim claim = claim_name(problems, name, at, rank);
  if (claim == Claim::hidden) return;
  Definition definition{std::string(name), at, std::move(table), rank, claim == Claim::granted};
  if (!name.ends_with('@') || claim == Claim::refused) {
    units.push_back(std::move(definition));
    return;
  }
  mark_shared(at.file);
  templates.emplace(name, std::move(definition));
}

void Documents::lay_below_settings(Value table) {
  Value files = std::exchange(settings, std::move(table));
  lay_over(settings, std::move(files));
}

void Documents::give_unit(std::string_view name, Value below, std::optional<Value> above) {
  Position at = (above ? *above : below).entries.front().at;
  auto found = std::ranges::find_if(units, [&](const Definition& unit) { return unit.name == name && unit.counts; });
  if (found == units.end()) {
    units.push_back({std::string(name), at, std::move(below), 0, true});
  } else {
    Value file = std::exchange(found->table, std::move(below));
    lay_over(found->table, std::move(file));
  }
  if (!above) return;
  above->at = at;
  drop_ins[std::string(name)].push_back(std::move(*above));
}

/// Nothing starts them but the signal, and what they do once is done.
void Documents::add_signal_units() {
  const Entry* signals = settings.find("signals");
  if (signals == nullptr) return;
  for (const Entry& entry : signals->value.entries) {
    auto number = signal_number(entry.key);
    if (!number || entry.value.type != Value::Type::array) continue;
    Problems problems(sources_.at(entry.at.file), list_, &sources_);
    Value table = task_table(entry.value, "what " + entry.key + " to supd runs", entry.at);
    add_unit(problems, signal_unit(*number), entry.at, std::move(table), 0);
  }
}

bool Documents::claim_settings(Problems& problems, const Entry& entry, std::uint32_t rank) {
  if (!has_settings_ || settings_place_.at.file == entry.at.file) {
    has_settings_ = true;
    settings_place_ = {entry.at, rank};
    return true;
  }
  if (settings_place_.rank == rank) {
    problems.error(entry.at, entry.key, "supd's own settings are also in " + place_text(settings_place_.at),
                   "keep all settings of supd in one file");
  }
  return false;
}

Documents::Claim Documents::claim_name(Problems& problems, std::string_view name, Position at, std::uint32_t rank) {
  bool of_template = name.ends_with('@');
  if (!is_unit_name(of_template ? name.substr(0, name.size() - 1) : name)) {
    problems.error(at, {}, in_quotes(name) + " can't be the name of a unit", std::string(unit_name_rule));
    return Claim::refused;
  }
  auto [found, is_new] = defined_.try_emplace(std::string(name), Place{at, rank});
  if (!is_new && found->second.rank != rank) return Claim::hidden;  // by an earlier place of the search path
  if (!is_new) {
    problems.error(at, {}, "unit " + in_quotes(name) + " is also defined in " + place_text(found->second.at),
                   "remove one of the two, or rename it");
    return Claim::refused;
  }
  if (units.size() < max_units) return Claim::granted;
  if (!full_) {
    problems.error(at, {}, "there are more than " + std::to_string(max_units) + " units",
                   "no more can be supervised: remove some");
  }
  full_ = true;
  return Claim::hidden;
}

void Documents::mark_shared(std::uint32_t file) {
  if (shared.empty() || shared.back() != file) shared.push_back(file);
}

std::string Documents::place_text(Position at) const {
  return std::string(sources_.at(at.file).name()) + ":" + std::to_string(at.line);
}

}  // namespace supd::config
