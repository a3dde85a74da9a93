#include "tests/integration/engines.hpp"

#include "daemon/io/engine.hpp"

namespace supd::integration {

std::string missing_engine(const std::string& engine) {
  if (engine != "uring") return "";
  static const std::string uring = [] {
    auto loop = io::make_loop(io::Engine::uring);
    return loop ? "" : loop.error().text();
  }();
  return uring;
}

}  // namespace supd::integration
