#pragma once

/// The epoll engine: for kernels and containers without io_uring. Level-triggered; each fd is in the set
/// once, with the union of what its ops wait for.

#include <memory>
#include <vector>

#include "daemon/io/clock.hpp"
#include "daemon/io/epoll_wait.hpp"
#include "daemon/io/loop_base.hpp"

namespace supd::io {

class EpollLoop final : public LoopBase {
 public:
  struct Options {
    bool use_timerfd = false;  ///< as on kernels without epoll_pwait2(2)
  };
  static Result<std::unique_ptr<EpollLoop>> open(const Options& options);
  static Result<std::unique_ptr<EpollLoop>> open() { return open(Options{}); }
  /// Lets writes end, within a second.
  ~EpollLoop() override;

  [[nodiscard]] std::string_view engine_name() const override { return "epoll"; }

 protected:
  void start(Op& op) override;
  void stop(Op& op) override;
  void abandon(Op& op) override;
  void gather(Instant until) override;
  void nap(Duration length) override { sleep_for(length); }
  void deliver(Op& op, const Completion& completion) override;
  void forget(Op& op) override;
  bool watch_jobs(sys::BorrowedFd signal) override;
  void would_block(Op& op) override;

 private:
  static constexpr std::uint32_t no_op = UINT32_MAX;
  static constexpr std::size_t read_bytes = std::size_t{64} * 1024;
  static constexpr int reads_per_turn_max = 4;   ///< of one stream
  static constexpr int writes_per_turn_max = 4;  ///< of one op, read_bytes each

  /// What the set knows of an fd, and the ops that wait for it.
  struct Watched {
    std::uint32_t first = no_op;   ///< slot of the first op; Op::next leads on
    std::uint32_t registered = 0;  ///< events that the set was asked for
    bool in_set = false;
    bool dirty = false;         ///< in dirty_: what its ops wait for may have changed
    bool always_ready = false;  ///< epoll refuses it (EPERM): a regular file, /dev/null
  };

  explicit EpollLoop(std::unique_ptr<epoll::Set> set);

  // Interest (epoll_interest.cc)
  void attach(Op& op);
  void detach(Op& op);
  void mark_dirty(int fd);
  void apply_dirty();
  void apply(int fd, Watched& watched);
  void fail_all(Watched& watched, int error);
  [[nodiscard]] std::uint32_t wanted_events(const Watched& watched);
  Watched& watched_at(int fd);
  void note_ready(int fd, std::uint32_t revents);
  void watch_signals();

  // Delivery (epoll_loop.cc)
  void note(const epoll_event& event);
  void deliver_child(Op& op, ChildPart& child);
  void deliver_stream(Op& op, StreamPart& stream);
  ssize_t read_some(const Op& op, StreamPart& stream);

  // Writes (epoll_write.cc)
  void start_write(Op& op);
  void continue_write(Op& op, WritePart& write);
  ssize_t write_some(const Op& op, WritePart& write);
  void hand_to_thread(Op& op, std::uint64_t place);

  std::unique_ptr<epoll::Set> set_;
  std::vector<Watched> watched_;  ///< by fd number
  std::vector<int> dirty_;
  std::vector<int> always_ready_;
  std::unique_ptr<std::byte[]> buffer_;  ///< for all reads: bytes are valid only during the callback
  bool signals_watched_ = false;
};

}  // namespace supd::io
