#pragma once

/// One client: reads its requests, carries them out in bounded slices, sends what there is to say, and
/// keeps to the bounds. All work is done in run(), which the run queue calls; everything else only takes
/// note and queues.

#include <memory>
#include <string>
#include <vector>

#include "ctl/proto/frames.hpp"
#include "daemon/control/methods.hpp"
#include "daemon/control/output.hpp"
#include "daemon/control/run_queue.hpp"

namespace supd::control {

/// What all sessions share; owned by the server.
struct Shared {
  io::Loop& loop;
  Port& port;
  Bounds bounds;
  Counters counters;
  RunQueue queue;
  std::size_t held_total = 0;     ///< bytes that wait in all sessions
  Runnable* caretaker = nullptr;  ///< buries dead sessions, and cuts one off when held_total is too much
};

class Session final : public Runnable, OperationHost, io::StreamSink, io::PollSink, io::TimerSink {
 public:
  Session(Shared& shared, sys::UniqueFd socket, Peer peer);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void run() noexcept override;
  void on_transition(UnitId unit, const UnitEvent& event);
  void on_log(UnitId unit, const proto::LogRecord& record);
  void on_unit_added(UnitId unit);
  void on_unit_gone(const GoneUnit& gone);

  [[nodiscard]] const Peer& peer() const { return peer_; }
  void set_role(Role role) { peer_.role = role; }
  [[nodiscard]] bool dead() const { return dead_; }
  [[nodiscard]] std::size_t held() const { return held_; }

  /// Ends the session because its client does not read. Not from inside run().
  void cut_off();
  /// Sends what fits now and ends.
  void close();

 private:
  struct InFlight {
    std::unique_ptr<Operation> operation;
    bool answered;  ///< false: a request without an id, whose answers go nowhere
  };
  enum class Input : std::uint8_t { none_left, blocked, slice_used_up };

  void operation_woke() override { shared_.queue.add(*this); }
  void on_stream_data(io::OpId id, std::span<const std::byte> bytes) noexcept override;
  void on_stream_end(io::OpId id, io::StreamEnd reason, int error) noexcept override;
  void on_poll(io::OpId id, unsigned revents, int error) noexcept override;
  void on_timer(io::OpId id, bool canceled) noexcept override;

  Input take_requests();
  void take_request(std::string_view frame);
  void carry_out(const proto::Request& request);
  void end_oversize();
  void take_steps();
  bool take_step(std::size_t index);
  void flush();
  void account();
  void go_on(Input input);
  void steer_reading();
  void steer_polling();
  void look_again_later();
  void die();

  [[nodiscard]] bool may_take_request() const;
  [[nodiscard]] bool has_room() const { return output_.pending() < shared_.bounds.output_soft; }
  [[nodiscard]] bool has_runnable() const;
  [[nodiscard]] bool over_hard_bound() const { return held_ > shared_.bounds.output_hard; }

  Shared& shared_;
  sys::UniqueFd socket_;
  Peer peer_;
  proto::Framer framer_;
  Output output_;
  std::string unanswered_;  ///< where answers to requests without an id go
  std::vector<InFlight> in_flight_;
  std::size_t next_step_ = 0;  ///< round robin among in_flight_
  std::size_t held_ = 0;       ///< as last accounted for
  io::OpId read_, poll_, timer_;
  unsigned polled_for_ = 0;
  bool read_pausing_ = false, read_ended_ = false;
  bool closing_ = false;      ///< nothing more is read; ends when all is sent
  bool half_closed_ = false;  ///< the client sends no more, and may still read
  bool hung_up_ = false;      ///< the client is gone
  std::optional<EndKind> shutdown_wanted_;
  bool dead_ = false;
  bool lines_lost_ = false;  ///< it followed more than it may hold: what it would get now has a gap
};

}  // namespace supd::control
