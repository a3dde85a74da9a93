#pragma once

/// Warnings about what is legal, and wrong between units in all likelihood.

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "units/spec.hpp"

namespace supd::config {

/// Takes one warning. `where` may be nowhere.
using Warn = std::function<void(const UnitSpec& unit, SourcePos where, std::string_view key, std::string message,
                                std::string hint)>;

/// A service that others require and that leaves it open when it is ready; two units with one log file, one port or
/// one pidfile. Linear in the size of all units. The replicas of a set give one warning together. Masked units are
/// passed over, and units that are in conflict may share what they like.
void lint_units(std::span<const SpecPtr> units, const Warn& warn);

}  // namespace supd::config
