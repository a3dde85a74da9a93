#include "config/lint/lint.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <string>

#include "config/host/privileges.hpp"
#include "config/keys/keys.hpp"
#include "config/lint/program.hpp"
#include "units/base/expand.hpp"

namespace supd::config {
namespace {

bool is_directory(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

void warn(const UnitPlaces& places, std::string_view key, std::string message, std::string hint) {
  const Entry* entry = places.find(key);
  if (entry != nullptr) places.problems().warning(entry->value.at, key, std::move(message), std::move(hint));
}

void lint_command(const UnitPlaces& places, std::string_view key, const std::vector<std::string>& command,
                  const UnitSpec& unit) {
  if (command.empty()) return;
  ProgramFault fault = find_fault(command[0], unit);
  if (!fault.message.empty()) warn(places, key, std::move(fault.message), std::move(fault.hint));
}

void lint_directory(const UnitPlaces& places, const UnitSpec& unit) {
  if (unit.directory.empty() || has_references(unit.directory) || is_directory(unit.directory)) return;
  warn(places, "directory", "there is no directory " + in_quotes(unit.directory), "create it before the unit starts");
}

void lint_log_path(const UnitPlaces& places, const UnitSpec& unit) {
  std::size_t slash = unit.log.path.rfind('/');
  if (slash == std::string::npos || slash == 0) return;
  std::string directory = unit.log.path.substr(0, slash);
  if (has_references(directory) || is_directory(directory)) return;
  warn(places, "log.path", "there is no directory " + in_quotes(directory),
       "create it with the owner that it should have; else supd makes it at the first line");
}

/// The key that shows this limit: only keys know their resource.
const Key<UnitSpec>* key_of(const UnitSpec& only_this_limit) {
  for (const Key<UnitSpec>& key : unit_keys()) {
    if (key.built() && key.info.path.starts_with("limits.") && !key.show(only_this_limit).empty()) return &key;
  }
  return nullptr;
}

void lint_limits(const UnitPlaces& places, const UnitSpec& unit) {
  if (unit.limits.rlimits.empty() || may_raise_limits()) return;
  for (const ResourceLimit& limit : unit.limits.rlimits) {
    rlimit present{};
    if (::prlimit(0, static_cast<__rlimit_resource>(limit.resource), nullptr, &present) != 0) continue;
    if (limit.hard <= present.rlim_max) continue;
    UnitSpec wanted, possible;
    wanted.limits.rlimits = {limit};
    possible.limits.rlimits = {{limit.resource, present.rlim_max, present.rlim_max}};
    const Key<UnitSpec>* key = key_of(wanted);
    if (key == nullptr) continue;
    std::string most = key->show(possible);
    warn(places, key->info.path, "the hard limit is above the present one, " + most + ", and can't be raised",
         "write at most " + most + ", or give supd CAP_SYS_RESOURCE");
  }
}

}  // namespace

void lint_unit(const UnitPlaces& places, const UnitSpec& unit) {
  lint_command(places, "command", unit.command, unit);
  lint_command(places, "stop.command", unit.stop.command, unit);
  lint_directory(places, unit);
  lint_log_path(places, unit);
  lint_limits(places, unit);
}

}  // namespace supd::config
