#pragma once

/// The simulated engine: everything that the contract leaves open (which ops of a lane come first, how
/// bytes are cut into pieces, who wins a race with a cancel, turns that bring nothing) is drawn from a seed.

#include <memory>
#include <random>
#include <vector>

#include "daemon/io/loop_base.hpp"
#include "daemon/io/sim_world.hpp"

namespace supd::io {

class SimLoop final : public LoopBase {
 public:
  struct Options {
    std::uint64_t seed = 1;
    bool perturb = true;  ///< false: everything that is ready comes at once, oldest first, in whole pieces
  };
  /// The world must outlive the loop.
  SimLoop(SimWorld& world, const Options& options);
  ~SimLoop() override;

  [[nodiscard]] std::string_view engine_name() const override { return "sim"; }
  /// The last turn had nothing to wait for: in a real process it would have waited for ever.
  [[nodiscard]] bool stuck() const { return stuck_; }

 protected:
  void start(Op& op) override;
  void stop(Op& op) override;
  void abandon(Op& op) override;
  void gather(Instant until) override;
  void deliver(Op& op, const Completion& completion) override;
  [[nodiscard]] bool no_threads() const override { return true; }
  void close_fd(int fd) override { world_.close(fd); }

 private:
  static constexpr std::size_t piece_bytes_max = 4096;

  void let_go();
  [[nodiscard]] bool ready(Op& op) const;
  [[nodiscard]] unsigned poll_result(Op& op) const;
  [[nodiscard]] std::vector<OpId> ready_ops();
  void post_ready(std::vector<OpId> ids);
  void wait_for_something(Instant until);
  void deliver_child(Op& op);
  void deliver_stream(Op& op, StreamPart& stream);
  void deliver_write(Op& op, WritePart& write);
  /// A number from 0 to `below` - 1.
  [[nodiscard]] std::size_t draw(std::size_t below);
  [[nodiscard]] bool chance(std::size_t one_in) { return options_.perturb && draw(one_in) == 0; }

  SimWorld& world_;
  Options options_;
  std::mt19937_64 random_;
  std::vector<OpId> armed_;  ///< oldest first
  bool stuck_ = false;
};

}  // namespace supd::io
