#include <cerrno>
#include <map>

#include "daemon/io/sim_loop.hpp"
#include "tests/io/world.hpp"

namespace supd::io::test {
namespace {

class SimulatedWorld final : public World {
 public:
  explicit SimulatedWorld(const SimLoop::Options& options) : loop_(std::make_unique<SimLoop>(world_, options)) {}

  Loop& loop() override { return *loop_; }
  Pipe pipe() override {
    const auto ends = world_.make_pipe();
    return {sys::UniqueFd(ends.reader), ends.writer};
  }
  ssize_t write(int writer, std::string_view bytes) override { return world_.write(writer, bytes); }
  int duplicate(int writer) override { return world_.duplicate(writer); }
  void close(int fd) override { world_.close(fd); }

  Child start_child() override {
    const auto child = world_.start_child();
    return {child.pid, sys::UniqueFd(child.pidfd)};
  }
  void end_child(const Child& child, ExitStatus how) override { world_.end_child(child.pid, how); }
  bool reap(pid_t pid) override { return world_.reap(pid); }

  sys::UniqueFd file() override { return sys::UniqueFd(world_.make_file()); }
  std::string contents(const sys::UniqueFd& file) override { return world_.contents(file.get()); }
  sys::UniqueFd full_file(int& error) override {
    error = ENOSPC;
    const int fd = world_.make_file();
    world_.fail_writes(fd, ENOSPC);
    return sys::UniqueFd(fd);
  }
  sys::UniqueFd fifo() override {
    const auto ends = world_.make_pipe();
    fifo_readers_[ends.writer] = ends.reader;
    return sys::UniqueFd(ends.writer);
  }
  std::string drain_fifo(const sys::UniqueFd& writer) override {
    std::string out(65536, '\0');
    const ssize_t size = world_.read(fifo_readers_.at(writer.get()), std::as_writable_bytes(std::span(out)));
    out.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return out;
  }
  Instant clock() override { return world_.now(); }

 private:
  SimWorld world_;
  std::unique_ptr<SimLoop> loop_;
  std::map<int, int> fifo_readers_;
};

}  // namespace

std::unique_ptr<World> make_sim_world(std::uint64_t seed, bool perturb) {
  return std::make_unique<SimulatedWorld>(SimLoop::Options{.seed = seed, .perturb = perturb});
}

}  // namespace supd::io::test
