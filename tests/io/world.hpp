#pragma once

/// What a loop is tested in: pipes, children, files and time, real or simulated, behind one face.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/io/loop.hpp"

namespace supd::io::test {

struct Pipe {
  sys::UniqueFd reader;
  int writer = -1;  ///< the world's: closed by World::close(), or at the end
};

struct Child {
  pid_t pid = 0;
  sys::UniqueFd pidfd;
};

class World {
 public:
  virtual ~World() = default;
  [[nodiscard]] virtual Loop& loop() = 0;

  virtual Pipe pipe() = 0;
  /// Bytes taken, or a negative errno value. Never blocks.
  virtual ssize_t write(int writer, std::string_view bytes) = 0;
  virtual int duplicate(int writer) = 0;
  virtual void close(int fd) = 0;

  virtual Child start_child() = 0;
  /// Returns at once; the end itself may come later.
  virtual void end_child(const Child& child, ExitStatus how) = 0;
  /// Whether there was a zombie of this pid; now it is gone.
  virtual bool reap(pid_t pid) = 0;

  virtual sys::UniqueFd file() = 0;
  virtual std::string contents(const sys::UniqueFd& file) = 0;
  /// An fd that any write fails on, and how.
  virtual sys::UniqueFd full_file(int& error) = 0;

  /// A pipe's write end as a file for write_file(), with its read end kept by the world.
  virtual sys::UniqueFd fifo() = 0;
  virtual std::string drain_fifo(const sys::UniqueFd& writer) = 0;

  /// The time right now, as opposed to when the turn began.
  virtual Instant clock() = 0;
};

struct WorldKind {
  const char* name;
  std::function<std::unique_ptr<World>()> make;  ///< empty: not available here
  std::string missing;                           ///< why not
  bool real = true;
};

/// Each engine with its options, and the simulation.
const std::vector<WorldKind>& all_worlds();

std::unique_ptr<World> make_real_world(std::unique_ptr<Loop> loop);
std::unique_ptr<World> make_sim_world(std::uint64_t seed, bool perturb);

/// Turns until `done`, or until a deadline far beyond what any test needs. Whether it is done.
bool run_until(World& world, const std::function<bool()>& done, Duration patience = std::chrono::seconds(20));

}  // namespace supd::io::test
