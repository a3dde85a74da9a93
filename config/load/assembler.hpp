#pragma once

/// From layers of tables to one unit: defaults, then template, then the unit's own, then drop-ins; read by the key
/// table, checked, and completed with what the machine has.

#include <optional>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "config/load/documents.hpp"
#include "config/load/env_file.hpp"
#include "config/load/unit_rules.hpp"

namespace supd::config {

class Assembler {
 public:
  using Lint = void (*)(const UnitPlaces& places, const UnitSpec& unit);

  /// Borrows all; takes tables out of `documents`. `lint` may be nullptr: then the machine is not looked at.
  Assembler(Documents& documents, Sources& sources, DiagnosticList& list, Surroundings& host, Lint lint)
      : documents_(documents),
        sources_(sources),
        list_(list),
        host_(host),
        lint_(lint),
        env_files_(host, sources, list) {}

  /// Everything that there is: settings, units, and the instances of templates that somebody depends on or enabled
  /// (Loaded::overrides).
  void make_all(Loaded& loaded);

  /// [defaults] apart from `settings`, and split by whom they are for. To be called before make().
  void take_defaults();
  /// The unit of a definition; takes its table.
  [[nodiscard]] Unit make(Definition& definition);

 private:
  struct Layers {
    Value table;
    Position at;
    std::vector<std::uint32_t> files;
  };

  void read_settings(DaemonConfig& config);
  void make_units(Loaded& loaded);
  void make_instances(Loaded& loaded);
  /// NAME@ARG of the template NAME@, for which there is no definition of its own. Nothing when there is no template.
  [[nodiscard]] std::optional<Unit> instance(const std::string& name);
  /// Notes what is wrong with templates that no unit was made of, and with drop-ins of units that do not exist.
  void check_rest();
  void lay_template(Layers& layers, const std::string& name);
  void lay_drop_ins(Layers& layers, const std::string& name);
  [[nodiscard]] Value drop_ins_of(const std::string& name, std::vector<std::uint32_t>& files);
  [[nodiscard]] Unit read(const std::string& name, Layers layers, bool complete);
  void add_origins(const UnitSpec& spec, const std::vector<Position>& variables, Origins& origins) const;

  Documents& documents_;
  Sources& sources_;
  DiagnosticList& list_;
  Surroundings& host_;
  Lint lint_;
  EnvFiles env_files_;
  std::optional<Value> defaults_, target_defaults_;  ///< for units with a process, and for those without
  std::uint32_t defaults_file_ = 0;
  std::unordered_map<std::string, bool> used_;  ///< templates and units that were made
};

}  // namespace supd::config
