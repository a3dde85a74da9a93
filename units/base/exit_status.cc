#include "units/base/exit_status.hpp"

#include "units/base/signal_names.hpp"

namespace supd {

std::string ExitStatus::text() const {
  if (!known()) return "not exited";
  if (code == exited) return "exited with " + std::to_string(status);
  return "killed by " + signal_name(status) + (code == dumped ? " (core dumped)" : "");
}

}  // namespace supd
