#pragma once

/// What must hold between the keys of one unit, and what follows from several of them together.

#include <string>
#include <string_view>
#include <vector>

#include "config/keys/field.hpp"
#include "config/load/env_file.hpp"
#include "units/spec.hpp"

namespace supd::config {

/// One unit's table with all that is needed to complain about any key of it. Borrows everything.
class UnitPlaces {
 public:
  UnitPlaces(const Value& table, Position unit, Problems& problems, Surroundings& host, EnvFiles& env_files)
      : table_(table), unit_(unit), problems_(problems), host_(host), env_files_(env_files) {}

  /// The value at "section.key" or "key", or nullptr.
  [[nodiscard]] const Entry* find(std::string_view path) const;
  /// Notes an error at the key's value, or at the unit when the key is not there.
  void error(std::string_view path, std::string message, std::string hint) const;
  [[nodiscard]] Surroundings& host() const { return host_; }
  [[nodiscard]] Problems& problems() const { return problems_; }
  [[nodiscard]] EnvFiles& env_files() const { return env_files_; }

 private:
  const Value& table_;
  Position unit_;
  Problems& problems_;
  Surroundings& host_;
  EnvFiles& env_files_;
};

/// Checks what must hold between the keys of the unit.
void check_unit(const UnitPlaces& places, UnitSpec& unit);
/// Completes a unit from what the machine has: environment files, ids of users and groups. Returns where each of
/// unit.environment.values was written, in their order.
[[nodiscard]] std::vector<Position> complete_unit(const UnitPlaces& places, UnitSpec& unit);

/// A step of complete_unit that has a file of its own.
void resolve_run_as(const UnitPlaces& places, RunAsSpec& run_as);

}  // namespace supd::config
