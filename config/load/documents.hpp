#pragma once

/// The texts of a configuration, parsed and sorted: units, templates, drop-ins, defaults, settings. Watches over what
/// may exist once only.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/load/scan.hpp"
#include "config/text/value.hpp"

namespace supd::config {

/// A unit or template as one file has it.
struct Definition {
  std::string name;
  Position at;
  Value table;
  std::uint32_t rank = 0;
  bool counts = true;  ///< false: refused; what else is wrong with it is still of interest
};

class Documents {
 public:
  Documents(Sources& sources, DiagnosticList& list) : sources_(sources), list_(list) {}

  /// Parses the text of source `file`, which Sources has already.
  void read(std::uint32_t file, const FoundFile& found);

  /// Tables that no file has: they count where files say nothing.
  void lay_below_settings(Value table);
  /// The unit, where no file defines it; `below` counts where files say nothing, `above` beats them. The tables are
  /// not empty.
  void give_unit(std::string_view name, Value below, std::optional<Value> above);
  /// The tasks that the commands of [signals] are run as. To be called when all else has been read.
  void add_signal_units();

  std::vector<Definition> units;  ///< in the order of files and lines
  std::unordered_map<std::string, Definition> templates;
  std::unordered_map<std::string, std::vector<Value>> drop_ins;  ///< by unit, in the order in which they apply
  Value defaults;                                                ///< [defaults], empty when there are none
  Value settings;                                                ///< what is not a unit in files of supd's own settings
  std::vector<std::uint32_t> shared;                             ///< files with settings, defaults or templates

 private:
  struct Place {
    Position at;
    std::uint32_t rank = 0;
  };

  void read_drop_in(const Problems& problems, Value document, const FoundFile& found);
  void read_collection(Problems& problems, Value document, std::uint32_t rank);
  void read_units(Problems& problems, Entry tables, std::uint32_t rank);
  void add_unit(Problems& problems, std::string_view name, Position at, Value table, std::uint32_t rank);
  [[nodiscard]] bool claim_settings(Problems& problems, const Entry& entry, std::uint32_t rank);
  enum class Claim : std::uint8_t { granted, refused, hidden };
  [[nodiscard]] Claim claim_name(Problems& problems, std::string_view name, Position at, std::uint32_t rank);
  void mark_shared(std::uint32_t file);
  [[nodiscard]] std::string place_text(Position at) const;

  Sources& sources_;
  DiagnosticList& list_;
  std::unordered_map<std::string, Place> defined_;
  bool has_settings_ = false;
  Place settings_place_;
  bool full_ = false;  ///< max_units was reached, and that has been said
};

}  // namespace supd::config
