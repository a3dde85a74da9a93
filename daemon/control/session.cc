#include "daemon/control/session.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "ctl/proto/reply.hpp"
#include "daemon/control/unix_socket.hpp"

namespace supd::control {

Session::Session(Shared& shared, sys::UniqueFd socket, Peer peer)
    : shared_(shared), socket_(std::move(socket)), peer_(std::move(peer)), framer_(shared.bounds.request_bytes) {
  read_ = shared_.loop.read_stream(socket_.borrow(), io::Lane::control, *this);
}

Session::~Session() {
  die();
  shared_.queue.remove(*this);
}

// --- What happens outside: noted here, dealt with in run().

void Session::on_stream_data(io::OpId, std::span<const std::byte> bytes) noexcept {
  if (closing_) return;
  framer_.push({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  shared_.queue.add(*this);
}

void Session::on_stream_end(io::OpId, io::StreamEnd reason, int) noexcept {
  read_ = {};
  bool paused = std::exchange(read_pausing_, false) && reason == io::StreamEnd::canceled;
  if (!paused) {
    read_ended_ = half_closed_ = true;
    // Half closed ("socat" at the end of its input) still reads answers; closed does not.
    hung_up_ = reason == io::StreamEnd::failed || hung_up(socket_.borrow());
  }
  shared_.queue.add(*this);
}

void Session::on_poll(io::OpId, unsigned revents, int error) noexcept {
  poll_ = {};
  hung_up_ = hung_up_ || error != 0 || (revents & (POLLHUP | POLLERR)) != 0;
  half_closed_ = half_closed_ || (revents & polled_for_) == 0;
  shared_.queue.add(*this);
}

void Session::on_timer(io::OpId, bool) noexcept {
  timer_ = {};
  hung_up_ = hung_up_ || hung_up(socket_.borrow());
  shared_.queue.add(*this);
}

void Session::on_transition(UnitId unit, const UnitEvent& event) {
  if (dead_ || over_hard_bound()) return;
  for (InFlight& entry : in_flight_) entry.operation->on_transition(unit, event);
  account();
}

void Session::on_log(UnitId unit, const proto::LogRecord& record) {
  lines_lost_ = lines_lost_ || (over_hard_bound() && !in_flight_.empty());
  if (dead_ || lines_lost_) return;
  for (InFlight& entry : in_flight_) entry.operation->on_log(unit, record);
  account();
}

void Session::on_unit_added(UnitId unit) {
  for (InFlight& entry : in_flight_) entry.operation->on_unit_added(unit);
}

/// Also told to a session that is about to be cut off: its operations may hold on to the unit.
void Session::on_unit_gone(const GoneUnit& gone) {
  for (InFlight& entry : in_flight_) entry.operation->on_unit_gone(gone);
}

// --- The work.

void Session::run() noexcept {
  if (dead_) return;
  flush();
  Input input = take_requests();
  if (hung_up_) in_flight_.clear();  // what they have to say interests nobody
  take_steps();
  flush();
  account();
  if (shutdown_wanted_) {
    // The answer is in the socket by now: even if supd ends at once, the client gets it.
    shared_.port.shutdown(peer_.text(), *std::exchange(shutdown_wanted_, std::nullopt));
  }
  if (over_hard_bound() || lines_lost_) return cut_off();
  go_on(input);
}

/// While a long answer is put together, or records wait, no further request is taken: a session never
/// holds more than one of them.
bool Session::may_take_request() const {
  if (closing_ || !has_room() || in_flight_.size() >= shared_.bounds.requests_in_flight) return false;
  return std::ranges::all_of(in_flight_, [](const InFlight& entry) { return entry.operation->held_bytes() == 0; });
}

Session::Input Session::take_requests() {
  for (std::size_t i = 0; i < shared_.bounds.requests_per_slice; ++i) {
    if (!may_take_request()) return Input::blocked;
    auto frame = framer_.next();
    if (framer_.overflowed()) end_oversize();
    if (!frame) return Input::none_left;
    take_request(*frame);
  }
  return Input::slice_used_up;
}

void Session::end_oversize() {
  ++shared_.counters.oversize_frames;
  closing_ = true;
  in_flight_.clear();
  std::string message = "a request is longer than " + std::to_string(shared_.bounds.request_bytes) + " bytes";
  proto::write_fault(output_.text(), {proto::invalid_request, std::move(message), {}, {}});
}

void Session::take_request(std::string_view frame) {
  ++shared_.counters.requests;
  auto request = proto::parse_request(frame);
  if (request) return carry_out(*request);
  ++shared_.counters.bad_requests;
  proto::write_fault(output_.text(), request.error());
}

void Session::carry_out(const proto::Request& request) {
  std::string& out = request.has_id ? output_.text() : unanswered_;
  Call call{.loop = shared_.loop,
            .port = shared_.port,
            .bounds = shared_.bounds,
            .counters = shared_.counters,
            .peer = peer_,
            .host = *this,
            .request = request,
            .out = out,
            .result = nullptr};
  auto handled = dispatch(call);
  if (!handled) {
    handled.error().id_json = request.id_json;
    proto::write_fault(out, handled.error());
  }
  if (call.result) in_flight_.push_back({std::move(call.result), request.has_id});
  if (call.shutdown) shutdown_wanted_ = call.shutdown;
  unanswered_ = {};
}

bool Session::has_runnable() const {
  return std::ranges::any_of(in_flight_, [](const InFlight& entry) { return entry.operation->runnable(); });
}

void Session::take_steps() {
  std::size_t steps = 0;
  std::size_t looked_at = 0, at_most = in_flight_.size() * shared_.bounds.steps_per_slice;
  while (steps < shared_.bounds.steps_per_slice && looked_at++ < at_most && !in_flight_.empty() && has_room()) {
    if (next_step_ >= in_flight_.size()) next_step_ = 0;
    if (take_step(next_step_)) ++steps;
  }
}

/// False: that operation had nothing to do.
bool Session::take_step(std::size_t index) {
  InFlight& entry = in_flight_[index];
  if (!entry.operation->runnable()) {
    ++next_step_;
    return false;
  }
  auto result = entry.operation->take_step(entry.answered ? output_.text() : unanswered_);
  unanswered_ = {};
  if (result == Operation::Step::done) {
    in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(index));
  } else {
    ++next_step_;
  }
  return true;
}

void Session::flush() {
  if (!hung_up_) hung_up_ = output_.flush(socket_.borrow()) == Sent::broken;
  if (hung_up_) output_ = {};
}

void Session::account() {
  std::size_t held = output_.pending();
  for (const InFlight& entry : in_flight_) held += entry.operation->held_bytes();
  shared_.held_total = shared_.held_total - held_ + held;
  held_ = held;
  if (over_hard_bound()) shared_.queue.add(*this);
  if (shared_.held_total > shared_.bounds.output_total) shared_.queue.add_first(*shared_.caretaker);
}

/// Decides what the session waits for next. What a client asked before it hung up is still carried out.
void Session::go_on(Input input) {
  bool input_left = input == Input::slice_used_up || (input == Input::blocked && !closing_);
  bool finished = read_ended_ && !input_left && in_flight_.empty();
  if ((finished || closing_) && output_.pending() == 0) return die();
  if ((input_left && may_take_request()) || (has_runnable() && has_room())) shared_.queue.add(*this);
  steer_reading();
  steer_polling();
}

void Session::steer_reading() {
  bool enough = closing_ || (!may_take_request() && framer_.buffered() > shared_.bounds.input_waiting);
  if (enough && read_ && !read_pausing_) {
    read_pausing_ = true;
    ++shared_.counters.input_pauses;
    shared_.loop.cancel(read_);
  }
  if (!enough && !read_ && !read_ended_) {
    read_ = shared_.loop.read_stream(socket_.borrow(), io::Lane::control, *this);
  }
}

/// For room to send; and, when nothing is read any more, for the client's end.
void Session::steer_polling() {
  unsigned wanted = output_.pending() != 0 ? POLLOUT : 0U;
  if (!read_) wanted |= POLLHUP;
  if (hung_up_) wanted = 0;
  if (half_closed_ && wanted != 0) return look_again_later();
  if (wanted == polled_for_ && poll_) return;
  shared_.loop.release(std::exchange(poll_, {}));
  polled_for_ = wanted;
  if (wanted != 0) poll_ = shared_.loop.poll(socket_.borrow(), wanted, io::Lane::control, *this);
}

/// io_uring reports POLLRDHUP whether it is asked for or not: polling a socket that the client has half closed
/// would come back at once, again and again. A timer looks instead; such clients are scripts, and rare.
void Session::look_again_later() {
  shared_.loop.release(std::exchange(poll_, {}));
  shared_.loop.release(std::exchange(timer_, {}));
  const Bounds& bounds = shared_.bounds;
  Duration pause = output_.pending() != 0 ? bounds.half_closed_send_pause : bounds.half_closed_look_pause;
  timer_ = shared_.loop.timer_at(shared_.loop.now() + pause, *this);
}

void Session::cut_off() {
  if (dead_) return;
  ++shared_.counters.cut_off;
  die();
}

void Session::close() {
  if (!dead_) flush();
  die();
}

void Session::die() {
  if (dead_) return;
  dead_ = true;
  in_flight_.clear();
  shared_.held_total -= std::exchange(held_, 0);
  shared_.loop.release(std::exchange(timer_, {}));
  shared_.loop.release(std::exchange(poll_, {}));
  shared_.loop.release(std::exchange(read_, {}), std::move(socket_));
  if (shared_.caretaker != nullptr) shared_.queue.add(*shared_.caretaker);
}

}  // namespace supd::control
