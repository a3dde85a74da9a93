#pragma once

/// Readers and writers of the keys whose values are more than one plain member of a spec. The key
/// tables name them; nobody else calls them.

#include <string>

#include "config/daemon_config.hpp"
#include "config/keys/field.hpp"
#include "units/spec.hpp"

namespace supd::config {

// depends.cc: a list of units, each with a condition or without. `where` of the unit gives the file.
void read_depends(const Field& field, UnitSpec& unit, Relation relation);
[[nodiscard]] std::string show_depends(const UnitSpec& unit, Relation relation);

// environment.cc
[[nodiscard]] Shape env_shape();
void read_env(const Field& field, UnitSpec& unit);
[[nodiscard]] std::string show_env(const UnitSpec& unit);
[[nodiscard]] Shape env_files_shape();
void read_env_files(const Field& field, UnitSpec& unit);
[[nodiscard]] Shape inherit_shape();
void read_inherit(const Field& field, UnitSpec& unit);
[[nodiscard]] std::string show_inherit(const UnitSpec& unit);

// limits.cc: a number, "soft:hard" or "unlimited"; with `is_size` the numbers may be sizes.
void read_limit(const Field& field, UnitSpec& unit, int resource, bool is_size);
/// "" when the limit is not set.
[[nodiscard]] std::string show_limit(const UnitSpec& unit, int resource, bool is_size);
void read_nice(const Field& field, UnitSpec& unit);
[[nodiscard]] std::string show_nice(const UnitSpec& unit);

// run_as.cc: names only; resolve_run_as in unit_rules.hpp turns them into ids.
[[nodiscard]] Shape identity_shape();
void read_identity(const Field& field, std::string& name);
void read_identities(const Field& field, UnitSpec& unit);
[[nodiscard]] std::string show_identities(const UnitSpec& unit);
[[nodiscard]] Shape umask_shape();
void read_umask(const Field& field, UnitSpec& unit);
[[nodiscard]] std::string show_umask(const UnitSpec& unit);

// outputs.cc
[[nodiscard]] Shape log_to_shape();
void read_log_to(const Field& field, UnitSpec& unit);
[[nodiscard]] std::string show_log_to(const UnitSpec& unit);
[[nodiscard]] Shape ready_on_shape();
void read_ready_on(const Field& field, UnitSpec& unit);
[[nodiscard]] std::string show_ready_on(const UnitSpec& unit);

// roles.cc: users, and groups as "@GROUP", resolved to ids.
[[nodiscard]] Shape roles_shape();
void read_roles(const Field& field, RoleList& roles);

// signals.cc: what signals to supd do.
[[nodiscard]] Shape signals_shape();
void read_signals(const Field& field, DaemonConfig& config);
[[nodiscard]] std::string show_signals(const DaemonConfig& config);

// terminal.cc
[[nodiscard]] Shape terminal_shape();
void read_terminal(const Field& field, UnitSpec& unit);
[[nodiscard]] std::string show_terminal(const UnitSpec& unit);
[[nodiscard]] Shape input_shape();
void read_input(const Field& field, UnitSpec& unit);
[[nodiscard]] std::string show_input(const UnitSpec& unit);

}  // namespace supd::config
