#pragma once

/// What must hold between the keys of one unit, and what follows from several of them together.

#include <string>
#include <string_view>

#include "config/keys/field.hpp"
#include "units/spec.hpp"

namespace supd::config {

/// One unit's table with all that is needed to complain about any key of it. Borrows everything.
class UnitPlaces {
 public:
  UnitPlaces(const Value& table, Position unit, Problems& problems, Surroundings& host)
      : table_(table), unit_(unit), problems_(problems), host_(host) {}

  /// The value at "section.key" or "key", or nullptr.
  [[nodiscard]] const Entry* find(std::string_view path) const;
  /// Notes an error at the key's value, or at the unit when the key is not there.
  void error(std::string_view path, std::string message, std::string hint) const;
  [[nodiscard]] Surroundings& host() const { return host_; }
  [[nodiscard]] Problems& problems() const { return problems_; }

 private:
  const Value& table_;
  Position unit_;
  Problems& problems_;
  Surroundings& host_;
};

/// Checks the rules and completes the unit: environment files, ids of users and groups.
void finish_unit(const UnitPlaces& places, UnitSpec& unit);

/// The steps of finish_unit that have files of their own.
void resolve_run_as(const UnitPlaces& places, RunAsSpec& run_as);
void read_environment_files(const UnitPlaces& places, EnvironmentSpec& environment);

}  // namespace supd::config
