#pragma once

/// Reads a table by a key table: finds each key, notes the unknown ones, hands over the values.

#include <string>
#include <vector>

#include "config/keys/key_index.hpp"
#include "config/load/origins.hpp"

namespace supd::config {

template <class Target>
class KeyReader {
 public:
  /// Where the keys were written is added to `origins`, unless that is nullptr.
  KeyReader(std::span<const Key<Target>> keys, const KeyIndex& index, Problems& problems, Surroundings& host,
            std::vector<Origin>* origins = nullptr)
      : keys_(keys), index_(index), problems_(problems), host_(host), origins_(origins) {}

  /// One entry of the top table: a key, or a section with its keys.
  void read(const Entry& entry, Target& target) {
    // A quoted key with a dot inside ("restart.delay" = …) is no path.
    if (entry.key.find('.') != std::string::npos) return unknown({}, entry, entry.key);
    if (read_key(entry.key, entry, target)) return;
    if (!index_.is_section(entry.key)) return unknown({}, entry, entry.key);
    if (entry.value.type != Value::Type::table) return not_a_table(entry);
    for (const Entry& inner : entry.value.entries) {
      path_.assign(entry.key).append(".").append(inner.key);
      if (inner.key.find('.') != std::string::npos || !read_key(path_, inner, target)) {
        unknown(entry.key, inner, path_);
      }
    }
  }

 private:
  /// False when there is no such key.
  bool read_key(std::string_view path, const Entry& entry, Target& target) {
    std::size_t place = index_.find(path);
    if (place == KeyIndex::none) return false;
    const Key<Target>& key = keys_[place];
    if (key.built()) {
      if (origins_ != nullptr)
        origins_->push_back({static_cast<std::uint16_t>(place), 0, entry.at.file, entry.at.line});
      key.read(Field{key.info, entry.value, problems_, host_}, target);
    } else {
      problems_.error(entry.at, path, not_built("this key"), std::string(not_built_hint));
    }
    return true;
  }

  void unknown(std::string_view section, const Entry& entry, std::string_view path) {
    bool table = entry.value.type == Value::Type::table;
    problems_.error(entry.at, path, table ? "unknown table" : "unknown key",
                    problems_.has_room() ? index_.hint_for(section, entry.key) : std::string());
  }

  void not_a_table(const Entry& entry) {
    problems_.error(entry.at, entry.key, "this is a table, not a key with a value",
                    "write its keys below a line [" + entry.key + "]");
  }

  std::span<const Key<Target>> keys_;
  const KeyIndex& index_;
  Problems& problems_;
  Surroundings& host_;
  std::vector<Origin>* origins_;
  std::string path_;  ///< kept to save allocations
};

}  // namespace supd::config
