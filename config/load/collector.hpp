#pragma once

/// Turns one text after the other into units and settings, and watches over what may exist once only.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "config/keys/key_reader.hpp"
#include "config/load.hpp"
#include "config/load/unit_rules.hpp"
#include "config/text/toml_reader.hpp"

namespace supd::config {

class Collector {
 public:
  using Lint = void (*)(const UnitPlaces& places, const UnitSpec& unit);

  /// Borrows all. `lint` may be nullptr: then the machine is not looked at.
  Collector(Loaded& loaded, DiagnosticList& list, Surroundings& host, Lint lint)
      : loaded_(loaded), list_(list), host_(host), lint_(lint) {}

  /// Reads the text of `file`. `rank` is its place in the search path: what exists in a lower rank
  /// hides what has the same name in a higher one; within one rank a second definition is an error.
  void read(const std::string& file, std::string_view text, std::uint32_t rank);

 private:
  struct Definition {
    SourcePos where;
    std::uint32_t rank = 0;
  };

  void read_document(const Value& document, Problems& problems, std::uint32_t rank);
  void read_collection(const Value& document, Problems& problems, std::uint32_t rank);
  void read_units(const Entry& units, Problems& problems, std::uint32_t rank);
  void read_unit(std::string_view name, Position at, const Value& table, Problems& problems, std::uint32_t rank);
  /// Whether settings of supd itself may come from this file.
  bool claim_settings(const Entry& entry, Problems& problems, std::uint32_t rank);
  enum class Claim {
    granted,  ///< a new unit
    refused,  ///< an error that has been noted; what else is wrong with the unit is still of interest
    hidden,   ///< a unit that comes earlier in the search path hides it: not to be looked at
  };
  Claim claim_name(std::string_view name, Position at, Problems& problems, std::uint32_t rank);
  [[nodiscard]] std::uint32_t file_index() const { return static_cast<std::uint32_t>(loaded_.files.size() - 1); }

  Loaded& loaded_;
  DiagnosticList& list_;
  Surroundings& host_;
  Lint lint_;
  std::unordered_map<std::string, Definition> defined_;
  bool has_settings_ = false;
  Definition settings_;
  bool full_ = false;  ///< max_units was reached, and that has been said
};

}  // namespace supd::config
