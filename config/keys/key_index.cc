#include "config/keys/key_index.hpp"

#include <algorithm>

#include "units/base/nearest.hpp"

namespace supd::config {

void KeyIndex::add(std::string_view path, bool built) {
  places_.emplace(path, places_.size());
  std::size_t dot = path.find('.');
  std::string_view section = dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
  std::string_view leaf = dot == std::string_view::npos ? path : path.substr(dot + 1);
  if (!section.empty() && !sections_.contains(section)) sections_[""].push_back(section);
  sections_[section].push_back(leaf);
  if (built) built_leaves_.emplace(leaf, path);
}

std::size_t KeyIndex::find(std::string_view path) const {
  auto found = places_.find(path);
  return found == places_.end() ? none : found->second;
}

std::string KeyIndex::hint_for(std::string_view section, std::string_view leaf) const {
  if (places_.contains(leaf) && section.empty()) return "remove the quotes: " + std::string(leaf) + " = …";
  auto elsewhere = built_leaves_.find(leaf);
  if (elsewhere != built_leaves_.end()) {
    std::size_t dot = elsewhere->second.find('.');
    if (dot == std::string_view::npos) return "write it above all [tables]: it belongs to the unit itself";
    return "write it under [" + std::string(elsewhere->second.substr(0, dot)) + "]";
  }
  auto found = sections_.find(section);
  if (found == sections_.end()) return "remove it";
  std::string near = nearest(leaf, std::span<const std::string_view>(found->second));
  if (!near.empty()) return "did you mean " + near + "?";
  std::string where = section.empty() ? "here" : "under [" + std::string(section) + "]";
  return "known " + where + ": " + enumeration(found->second);
}

const KeyIndex& unit_key_index() {
  static const KeyIndex index(unit_keys());
  return index;
}

const KeyIndex& daemon_key_index() {
  static const KeyIndex index(daemon_keys());
  return index;
}

}  // namespace supd::config
