// Loader: reading again only what changed, so that one changed file among thousands costs little.

#include <algorithm>
#include <unordered_map>

#include "config/host/read_file.hpp"
#include "config/load/loader.hpp"

namespace supd::config {
std::optional<Loaded> Loader::load_changed() {
  if (!request_.given.empty()) return std::nullopt;
  const Loaded* previous = request_.previous.get();
  // An instance of a template may come or go with any dependency: that is for the whole load.
  if (previous == nullptr || !previous->ok() || !previous->templates.empty() || list_.errors > 0) return std::nullopt;
  if (!same_files()) return std::nullopt;
  std::vector<bool> changed = changed_files();
  auto affected = units_of(changed);
  if (!affected) return std::nullopt;

  std::vector<bool> to_read = std::move(changed);
  for (const Unit& unit : previous->declared) {
    if (!affected->contains(unit.spec->name)) continue;
    for (std::uint32_t file : unit.origins->files) to_read[file] = true;
  }
  infos_ = previous->infos;
  for (const std::string& path : previous->files) sources_.add(path);
  for (std::uint32_t file = 0; file < scan_.files.size(); ++file) {
    if (to_read[file]) read_text(file, scan_.files[file]);
  }
  if (redefines(to_read)) return std::nullopt;

  Loaded loaded = *previous;
  loaded.overrides = {};
  read_state(loaded);
  assembler_.take_defaults();
  std::unordered_map<std::string_view, Definition*> fresh;
  for (Definition& definition : documents_.units) fresh.emplace(definition.name, &definition);
  for (Unit& unit : loaded.declared) {
    if (affected->contains(unit.spec->name)) unit = assembler_.make(*fresh.at(unit.spec->name));
  }
  fill_files(loaded);
  return finish(std::move(loaded));
}

/// The same files in the same places, by name.
bool Loader::same_files() const {
  const Loaded& previous = *request_.previous;
  std::size_t scanned = 0;
  for (const FileInfo& info : previous.infos) {
    scanned += static_cast<std::size_t>(info.role == FileRole::units || info.role == FileRole::drop_in);
  }
  if (scanned != scan_.files.size()) return false;
  for (std::size_t i = 0; i < scan_.files.size(); ++i) {
    if (scan_.files[i].path != previous.files[i] || scan_.files[i].role != previous.infos[i].role) return false;
  }
  return true;
}

std::vector<bool> Loader::changed_files() const {
  const Loaded& previous = *request_.previous;
  std::vector<bool> changed(previous.files.size(), false);
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const FileInfo& info = previous.infos[i];
    // What people enabled and scaled is read anyway.
    if (info.role != FileRole::state) changed[i] = !stamp_of(previous.files[i]).same_as(info.stamp);
  }
  return changed;
}

std::optional<std::unordered_set<std::string>> Loader::units_of(const std::vector<bool>& changed) const {
  const Loaded& previous = *request_.previous;
  for (std::size_t i = 0; i < changed.size(); ++i) {
    if (changed[i] && previous.infos[i].shared) return std::nullopt;
  }
  std::unordered_set<std::string> units;
  for (const Unit& unit : previous.declared) {
    auto is_changed = [&changed](std::uint32_t file) { return changed[file]; };
    if (std::ranges::any_of(unit.origins->files, is_changed)) units.insert(unit.spec->name);
  }
  return units;
}

/// Whether what was read defines other units than before, or has become something that others depend on.
bool Loader::redefines(const std::vector<bool>& read) const {
  const Loaded& previous = *request_.previous;
  if (!documents_.templates.empty()) return true;
  for (std::uint32_t file : documents_.shared) {
    if (!previous.infos[file].shared) return true;
  }
  std::unordered_map<std::string_view, std::uint32_t> before;
  for (const Unit& unit : previous.declared) {
    std::uint32_t file = unit.spec->where.file;
    if (read[file]) before.emplace(unit.spec->name, file);
  }
  if (before.size() != documents_.units.size()) return true;
  return std::ranges::any_of(documents_.units, [&before](const Definition& unit) {
    auto found = before.find(unit.name);
    return !unit.counts || found == before.end() || found->second != unit.at.file;
  });
}

}  // namespace supd::config
