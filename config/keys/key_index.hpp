#pragma once

/// Finds keys by their path, and the nearest one to a path that does not exist.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/keys/keys.hpp"

namespace supd::config {

/// An index over one key table, which it borrows.
class KeyIndex {
 public:
  static constexpr std::size_t none = SIZE_MAX;

  template <class Target>
  explicit KeyIndex(std::span<const Key<Target>> keys) {
    for (const Key<Target>& key : keys) add(key.info.path, key.built());
  }

  /// The key's place in its table, or `none`.
  [[nodiscard]] std::size_t find(std::string_view path) const;
  /// Whether there are keys "PATH.…".
  [[nodiscard]] bool is_section(std::string_view path) const { return !path.empty() && sections_.contains(path); }
  /// What to write in place of a key that does not exist; `section` is "" at the top.
  [[nodiscard]] std::string hint_for(std::string_view section, std::string_view leaf) const;

 private:
  void add(std::string_view path, bool built);

  std::unordered_map<std::string_view, std::size_t> places_;
  std::unordered_map<std::string_view, std::vector<std::string_view>> sections_;  ///< leaves; "": the top
  std::unordered_map<std::string_view, std::string_view> built_leaves_;           ///< to the first path with it
};

[[nodiscard]] const KeyIndex& unit_key_index();
[[nodiscard]] const KeyIndex& daemon_key_index();

}  // namespace supd::config
