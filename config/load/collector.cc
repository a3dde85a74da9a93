#include "config/load/collector.hpp"

#include "config/keys/names.hpp"

namespace supd::config {
namespace {

constexpr std::string_view settings_file = "supd.toml";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_collection(const Value& document, std::string_view file) {
  if (base_name(file) == settings_file || document.find("units") != nullptr) return true;
  for (const Entry& entry : document.entries) {
    if (daemon_key_index().is_section(entry.key) || daemon_key_index().find(entry.key) != KeyIndex::none) return true;
  }
  return false;
}

std::string_view unit_name_of(std::string_view file) {
  std::string_view name = base_name(file);
  if (name.ends_with(".toml")) name.remove_suffix(5);
  return name;
}

bool is_unit_key(std::string_view key) {
  return unit_key_index().find(key) != KeyIndex::none || unit_key_index().is_section(key);
}

}  // namespace

void Collector::read(const std::string& file, std::string_view text, std::uint32_t rank) {
  loaded_.files.push_back(file);
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::size_t first = list_.kept.size();
  Source source(file, text);
  Problems problems(source, list_);
  if (auto document = read_toml(problems)) read_document(*document, problems, rank);
  list_.sort_from(first, file);
}

void Collector::read_document(const Value& document, Problems& problems, std::uint32_t rank) {
  std::string_view file = problems.source().name();
  if (is_collection(document, file)) {
    read_collection(document, problems, rank);
  } else {
    read_unit(unit_name_of(file), {1, 1}, document, problems, rank);
  }
}

void Collector::read_collection(const Value& document, Problems& problems, std::uint32_t rank) {
  KeyReader<DaemonConfig> reader(daemon_keys(), daemon_key_index(), problems, host_);
  for (const Entry& entry : document.entries) {
    if (entry.key == "units") {
      read_units(entry, problems, rank);
    } else if (is_unit_key(entry.key)) {
      problems.error(entry.at, entry.key, "this belongs to a unit, and the file is not the file of one unit",
                     "write it below [units.NAME], or into a file NAME.toml of its own");
    } else if (claim_settings(entry, problems, rank)) {
      reader.read(entry, loaded_.daemon);
    }
  }
}

void Collector::read_units(const Entry& units, Problems& problems, std::uint32_t rank) {
  if (units.value.type != Value::Type::table) {
    problems.error(units.value.at, "units", "units are tables, not " + std::string(type_text(units.value.type)),
                   "write a line [units.NAME] above the keys of each unit");
    return;
  }
  for (const Entry& unit : units.value.entries) {
    if (unit.value.type == Value::Type::table) {
      read_unit(unit.key, unit.at, unit.value, problems, rank);
    } else {
      problems.error(unit.at, "units." + unit.key, "a unit is a table, not " + std::string(type_text(unit.value.type)),
                     "write a line [units.NAME] above the keys of each unit");
    }
  }
}

void Collector::read_unit(std::string_view name, Position at, const Value& table, Problems& problems,
                          std::uint32_t rank) {
  Claim claim = claim_name(name, at, problems, rank);
  if (claim == Claim::hidden) return;
  UnitSpec unit;
  unit.name = name;
  unit.where = {file_index(), at.line, at.column};
  KeyReader<UnitSpec> reader(unit_keys(), unit_key_index(), problems, host_);
  for (const Entry& entry : table.entries) reader.read(entry, unit);
  UnitPlaces places(table, at, problems, host_);
  finish_unit(places, unit);
  if (lint_ != nullptr) lint_(places, unit);
  if (claim == Claim::granted) loaded_.units.push_back(std::move(unit));
}

bool Collector::claim_settings(const Entry& entry, Problems& problems, std::uint32_t rank) {
  if (!has_settings_ || settings_.where.file == file_index()) {
    has_settings_ = true;
    settings_ = {{file_index(), entry.at.line, entry.at.column}, rank};
    return true;
  }
  if (settings_.rank == rank) {
    problems.error(entry.at, entry.key, "supd's own settings are also in " + loaded_.position_text(settings_.where),
                   "keep all settings of supd in one file");
  }
  return false;
}

Collector::Claim Collector::claim_name(std::string_view name, Position at, Problems& problems, std::uint32_t rank) {
  if (!is_unit_name(name)) {
    problems.error(at, {}, in_quotes(name) + " can't be the name of a unit", std::string(unit_name_rule));
    return Claim::refused;
  }
  if (name.ends_with('@')) {
    problems.error(at, {}, not_built("a template (" + in_quotes(name) + ")"), "write a unit without the @ at its end");
    return Claim::refused;
  }
  auto [found, is_new] = defined_.try_emplace(std::string(name), Definition{{file_index(), at.line, at.column}, rank});
  if (!is_new && found->second.rank != rank) return Claim::hidden;
  if (!is_new) {
    problems.error(at, {},
                   "unit " + in_quotes(name) + " is also defined in " + loaded_.position_text(found->second.where),
                   "remove one of the two, or rename it");
    return Claim::refused;
  }
  if (loaded_.units.size() < max_units) return Claim::granted;
  if (!full_) {
    problems.error(at, {}, "there are more than " + std::to_string(max_units) + " units",
                   "no more can be supervised: remove some");
  }
  full_ = true;
  return Claim::hidden;
}

}  // namespace supd::config
