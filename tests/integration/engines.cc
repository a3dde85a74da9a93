#include "tests/integration/engines.hpp"

#include "daemon/io/engine.hpp"

namespace supd::integration {

std::string missing_engine(const std::string& engine) {
  if (engine != "uring") return "";
  return "";
}

}  // namespace supd::integration
