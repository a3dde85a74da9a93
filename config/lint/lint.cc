#include "config/lint/lint.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace supd::config {
namespace {

constexpr std::string_view usual_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

bool is_directory(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

enum class Program { good, missing, not_executable };

Program look_at(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return Program::missing;
  return S_ISREG(info.st_mode) && ::access(path.c_str(), X_OK) == 0 ? Program::good : Program::not_executable;
}

std::string search_path_of(const EnvironmentSpec& environment) {
  auto own = std::ranges::find(environment.values, "PATH", &std::pair<std::string, std::string>::first);
  if (own != environment.values.end()) return own->second;
  const char* inherited = std::getenv("PATH");
  return inherited != nullptr && environment.inherit_all ? inherited : std::string(usual_path);
}

Program search(const std::string& name, std::string_view path) {
  Program best = Program::missing;
  while (!path.empty() && best != Program::good) {
    std::size_t end = std::min(path.find(':'), path.size());
    Program here = end == 0 ? Program::missing : look_at(std::string(path.substr(0, end)) + "/" + name);
    if (here != Program::missing) best = here;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return best;
}

Program find_program(const UnitSpec& unit) {
  const std::string& program = unit.command[0];
  if (program.find('/') == std::string::npos) return search(program, search_path_of(unit.environment));
  if (program.starts_with('/') || unit.directory.empty()) return look_at(program);
  return look_at(unit.directory + "/" + program);
}

void warn(const UnitPlaces& places, std::string_view key, std::string message, std::string hint) {
  const Entry* entry = places.find(key);
  if (entry != nullptr) places.problems().warning(entry->value.at, key, std::move(message), std::move(hint));
}

void lint_command(const UnitPlaces& places, const UnitSpec& unit) {
  if (unit.command.empty()) return;
  const std::string& program = unit.command[0];
  bool by_path = program.find('/') == std::string::npos;
  switch (find_program(unit)) {
    case Program::good: return;
    case Program::missing:
      warn(places, "command", "there is no program " + in_quotes(program) + (by_path ? " in PATH" : ""),
           by_path ? "install it, or write its whole path" : "install it, or correct the path");
      return;
    case Program::not_executable:
      warn(places, "command", in_quotes(program) + " can't be executed", "make it an executable file: chmod +x");
      return;
  }
}

}  // namespace

void lint_unit(const UnitPlaces& places, const UnitSpec& unit) {
  lint_command(places, unit);
  if (!unit.directory.empty() && !is_directory(unit.directory)) {
    warn(places, "directory", "there is no directory " + in_quotes(unit.directory), "create it before the unit starts");
  }
  std::size_t slash = unit.log.path.rfind('/');
  if (slash == std::string::npos || slash == 0) return;
  std::string log_directory = unit.log.path.substr(0, slash);
  if (is_directory(log_directory)) return;
  warn(places, "log.path", "there is no directory " + in_quotes(log_directory),
       "create it with the owner that it should have; else supd makes it at the first line");
}

}  // namespace supd::config
