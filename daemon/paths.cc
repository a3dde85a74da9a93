#include "daemon/paths.hpp"

#include <unistd.h>

#include <cstdlib>

namespace supd {
namespace {

/// The variable's value when it is an absolute path, as the XDG base directory specification demands.
std::string absolute(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && value[0] == '/' ? value : "";
}

}  // namespace

std::string default_runtime_dir() {
  if (::geteuid() == 0) return "/run/supd";
  std::string base = absolute("XDG_RUNTIME_DIR");
  return base.empty() ? "/tmp/supd-" + std::to_string(::geteuid()) : base + "/supd";
}

std::string default_log_dir() {
  if (::geteuid() == 0) return "/var/log/supd";
  std::string base = absolute("XDG_STATE_HOME");
  if (base.empty()) base = absolute("HOME") + "/.local/state";
  return base + "/supd/log";
}

std::string default_state_dir() {
  if (::geteuid() == 0) return "/var/lib/supd";
  std::string base = absolute("XDG_STATE_HOME");
  if (!base.empty()) return base + "/supd";
  base = absolute("HOME");
  return base.empty() ? "" : base + "/.local/state/supd";
}

}  // namespace supd
