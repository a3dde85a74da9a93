#include "daemon/io/epoll_loop.hpp"
#include "daemon/io/uring_probe.hpp"
#include "tests/io/world.hpp"

namespace supd::io::test {
namespace {

WorldKind uring_world(const char* name, const uring::Options& options) {
  const auto probe = open_probed(options);
  if (!probe) return {name, {}, "io_uring does not work here: " + probe.error().text()};
  return {name, [options] { return make_real_world(*UringLoop::open(options)); }, {}};
}

WorldKind epoll_world(const char* name, const EpollLoop::Options& options) {
  return {name, [options] { return make_real_world(*EpollLoop::open(options)); }, {}};
}

WorldKind sim_world(const char* name, std::uint64_t seed, bool perturb) {
  return {name, [seed, perturb] { return make_sim_world(seed, perturb); }, {}, false};
}

}  // namespace

const std::vector<WorldKind>& all_worlds() {
  static const std::vector<WorldKind> worlds = {
      uring_world("uring", {}),
      // C4: rings that overflow and buffers that run out all the time.
      uring_world(
          "uring_tiny",
          {.sq_entries = 4, .cq_entries = 4, .buffer_count = 2, .buffer_bytes = 512, .completions_per_turn = 3}),
      uring_world("uring_outside", {.wait_outside = true}),
      epoll_world("epoll", {}),
      epoll_world("epoll_timerfd", {.use_timerfd = true}),
      sim_world("sim", 0, false),
      sim_world("sim_seed_1", 1, true),
      sim_world("sim_seed_2", 2, true),
  };
  return worlds;
}

bool run_until(World& world, const std::function<bool()>& done, Duration patience) {
  const Instant until = world.clock() + patience;
  while (!done() && world.clock() < until) world.loop().turn(until);
  return done();
}

}  // namespace supd::io::test
