#include "config/load/assembler.hpp"

#include <algorithm>
#include <unordered_set>

#include "config/keys/key_reader.hpp"
#include "config/keys/names.hpp"
#include "config/load/percent.hpp"
#include "units/base/glob.hpp"

namespace supd::config {
namespace {

/// A template that nobody uses is checked with this in place of %i.
constexpr std::string_view sample_argument = "instance";

bool is_target(const Value& table) {
  const Entry* kind = table.find("kind");
  return kind != nullptr && kind->value.type == Value::Type::text && kind->value.text == word(Kind::target);
}

/// Takes out what has no meaning for a unit without a process.
void keep_for_targets(Value& table) {
  auto needs_process = [](std::string_view path) {
    std::size_t place = unit_key_index().find(path);
    return path == "replicas" || (place != KeyIndex::none && unit_keys()[place].needs_process);
  };
  std::erase_if(table.entries, [&](Entry& entry) {
    std::erase_if(entry.value.entries, [&](const Entry& inner) { return needs_process(entry.key + "." + inner.key); });
    bool emptied = unit_key_index().is_section(entry.key) && entry.value.entries.empty();
    return emptied || needs_process(entry.key);
  });
}

void add_file(std::vector<std::uint32_t>& files, std::uint32_t file) {
  if (std::ranges::find(files, file) == files.end()) files.push_back(file);
}

}  // namespace

void Assembler::make_all(Loaded& loaded) {
  take_defaults();
  read_settings(loaded.daemon);
  documents_.add_signal_units();
  make_units(loaded);
  make_instances(loaded);
  check_rest();
  for (const auto& [name, definition] : documents_.templates) loaded.templates.push_back(name);
  std::ranges::sort(loaded.templates);
}

void Assembler::make_units(Loaded& loaded) {
  loaded.declared.reserve(documents_.units.size());
  for (Definition& definition : documents_.units) {
    Unit unit = make(definition);
    if (definition.counts) loaded.declared.push_back(std::move(unit));
  }
}

/// NAME@ARG exists when somebody depends on it or people said something of it (also that it is disabled: an apply is
/// not to stop it); and it may itself depend on others.
void Assembler::make_instances(Loaded& loaded) {
  if (documents_.templates.empty()) return;
  std::unordered_set<std::string> known;
  for (const Unit& unit : loaded.declared) known.insert(unit.spec->name);
  auto make = [&](const std::string& name) {
    if (template_of(name).empty() || is_glob(name) || loaded.declared.size() > max_units || !known.insert(name).second)
      return;
    if (auto unit = instance(name)) loaded.declared.push_back(std::move(*unit));
  };
  for (const auto& [name, override] : loaded.overrides.units) {
    if (!override.empty()) make(name);
  }
  for (std::size_t i = 0; i < loaded.declared.size(); ++i) {
    SpecPtr spec = loaded.declared[i].spec;
    for (const Dependency& dependency : spec->depends) make(dependency.unit);
  }
}

void Assembler::take_defaults() {
  auto& entries = documents_.settings.entries;
  auto found = std::ranges::find(entries, "defaults", &Entry::key);
  if (found == entries.end()) return;
  Problems problems(sources_.at(found->at.file), list_, &sources_);
  if (found->value.type != Value::Type::table) {
    problems.error(found->value.at, "defaults", "this is a table, not a key with a value",
                   "write the keys of units below a line [defaults], [defaults.restart], ...");
  } else {
    defaults_file_ = found->at.file;
    defaults_ = std::move(found->value);
    target_defaults_ = *defaults_;
    keep_for_targets(*target_defaults_);
    // Even without a unit that would show it, a mistake is one.
    UnitSpec unused;
    KeyReader<UnitSpec> reader(unit_keys(), unit_key_index(), problems, host_);
    for (const Entry& entry : defaults_->entries) reader.read(entry, unused);
  }
  entries.erase(found);
}

void Assembler::read_settings(DaemonConfig& config) {
  if (documents_.settings.entries.empty()) return;
  Problems problems(sources_.at(documents_.settings.entries.front().at.file), list_, &sources_);
  KeyReader<DaemonConfig> reader(daemon_keys(), daemon_key_index(), problems, host_);
  for (const Entry& entry : documents_.settings.entries) reader.read(entry, config);
}

Unit Assembler::make(Definition& definition) {
  Layers layers;
  layers.at = definition.at;
  lay_template(layers, definition.name);
  add_file(layers.files, definition.at.file);
  if (layers.table.entries.empty()) {
    layers.table = std::move(definition.table);
  } else {
    lay_over(layers.table, std::move(definition.table));
  }
  lay_drop_ins(layers, definition.name);
  return read(definition.name, std::move(layers), true);
}

std::optional<Unit> Assembler::instance(const std::string& name) {
  auto found = documents_.templates.find(std::string(template_of(name)));
  if (found == documents_.templates.end()) return std::nullopt;
  Layers layers;
  layers.at = found->second.at;
  lay_template(layers, name);
  lay_drop_ins(layers, name);
  return read(name, std::move(layers), true);
}

void Assembler::lay_template(Layers& layers, const std::string& name) {
  std::string template_name(template_of(name));
  auto found = documents_.templates.find(template_name);
  if (template_name.empty() || found == documents_.templates.end()) return;
  used_[template_name] = true;
  add_file(layers.files, found->second.at.file);
  Value table = found->second.table;
  lay_over(table, drop_ins_of(template_name, layers.files));
  Problems problems(sources_.at(found->second.at.file), list_, &sources_);
  expand_percent(table, std::string_view(name).substr(template_name.size()), problems);
  layers.table = std::move(table);
}

void Assembler::lay_drop_ins(Layers& layers, const std::string& name) {
  used_[name] = true;
  lay_over(layers.table, drop_ins_of(name, layers.files));
}

Value Assembler::drop_ins_of(const std::string& name, std::vector<std::uint32_t>& files) {
  Value all;
  auto found = documents_.drop_ins.find(name);
  if (found == documents_.drop_ins.end()) return all;
  for (const Value& each : found->second) {
    add_file(files, each.at.file);
    lay_over(all, each);
  }
  return all;
}

Unit Assembler::read(const std::string& name, Layers layers, bool complete) {
  if (const auto& defaults = is_target(layers.table) ? target_defaults_ : defaults_) {
    Value table = *defaults;
    lay_over(table, std::move(layers.table));
    layers.table = std::move(table);
    add_file(layers.files, defaults_file_);
  }
  auto spec = std::make_shared<UnitSpec>();
  auto origins = std::make_shared<Origins>();
  spec->name = name;
  spec->where = {layers.at.file, layers.at.line, layers.at.column};
  Problems problems(sources_.at(layers.at.file), list_, &sources_);
  KeyReader<UnitSpec> reader(unit_keys(), unit_key_index(), problems, host_, &origins->values);
  for (const Entry& entry : layers.table.entries) reader.read(entry, *spec);
  UnitPlaces places(layers.table, layers.at, problems, host_, env_files_);
  check_unit(places, *spec);
  if (complete) {
    origins->files = std::move(layers.files);
    add_origins(*spec, complete_unit(places, *spec), *origins);
    if (lint_ != nullptr) lint_(places, *spec);
  }
  return {std::move(spec), std::move(origins)};
}

void Assembler::add_origins(const UnitSpec& spec, const std::vector<Position>& variables, Origins& origins) const {
  constexpr std::size_t most_items = UINT16_MAX;
  auto env = static_cast<std::uint16_t>(unit_key_index().find("env"));
  std::erase_if(origins.values, [env](const Origin& origin) { return origin.key == env; });
  for (std::size_t i = 0; i < std::min(variables.size(), most_items); ++i) {
    origins.values.push_back({env, static_cast<std::uint16_t>(i), variables[i].file, variables[i].line});
  }
  for (const std::string& entry : spec.environment.files) {
    bool optional = entry.starts_with('-');
    add_file(origins.files, env_files_.source_of(optional ? entry.substr(1) : entry));
  }
  std::ranges::sort(origins.values, {}, [](const Origin& origin) { return std::pair(origin.key, origin.item); });
  origins.values.shrink_to_fit();
}

void Assembler::check_rest() {
  for (auto& [name, definition] : documents_.templates) {
    if (used_.contains(name)) continue;
    Layers layers;
    layers.at = definition.at;
    lay_template(layers, name + std::string(sample_argument));
    static_cast<void>(read(name + std::string(sample_argument), std::move(layers), false));
  }
  // What is missing may be what could not be read.
  if (list_.errors > 0) return;
  for (const auto& [name, tables] : documents_.drop_ins) {
    if (used_.contains(name)) continue;
    Problems problems(sources_.at(tables.front().at.file), list_, &sources_);
    problems.warning(tables.front().at, {}, "there is no unit " + in_quotes(name) + " that this could be a part of",
                     "write the unit, or remove this file");
  }
}

}  // namespace supd::config
