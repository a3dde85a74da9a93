// events: the newest transitions, and then, if asked, every transition as it happens.

#include <algorithm>
#include <deque>

#include "ctl/proto/reply.hpp"
#include "daemon/control/methods.hpp"

namespace supd::control {
namespace {

std::size_t wanted_events(const Call& call) {
  bool follow = call.params().follow.value_or(false);
  std::size_t normal = follow ? default_lines_before_follow : default_lines;
  if (!call.params().lines) return normal;
  return std::min(static_cast<std::size_t>(*call.params().lines), call.bounds.event_lines);
}

std::size_t weight(const UnitEvent& event) { return sizeof event + event.unit.size() + event.cause.size(); }

class EventsOperation final : public Operation {
 public:
  explicit EventsOperation(const Call& call)
      : Operation(call.host), bounds_(call.bounds), id_json_(call.id()), follow_(call.params().follow.value_or(false)) {
    for (UnitEvent& event : call.port.recent_events(wanted_events(call))) add(std::move(event));
  }

  Step step(std::string& out) override {
    if (!queue_.empty()) send_some(out);
    if (!queue_.empty()) return Step::more;
    if (follow_) return Step::waiting;
    proto::write_empty(out, id_json_);
    return Step::done;
  }

  void on_transition(UnitId, const UnitEvent& event) override {
    if (!follow_ || event.sequence <= last_) return;
    add(event);
    wake();
  }

  [[nodiscard]] std::size_t held_bytes() const override { return queue_bytes_; }

 private:
  void add(UnitEvent event) {
    last_ = event.sequence;
    queue_bytes_ += weight(event);
    queue_.push_back(std::move(event));
  }

  void send_some(std::string& out) {
    std::vector<UnitEvent> piece;
    for (std::size_t bytes = 0; !queue_.empty() && bytes < bounds_.piece_bytes; queue_.pop_front()) {
      std::size_t size = weight(queue_.front());
      bytes += size;
      queue_bytes_ -= size;
      piece.push_back(std::move(queue_.front()));
    }
    proto::write_events(out, id_json_, piece);
  }

  const Bounds& bounds_;
  std::string id_json_;
  bool follow_;
  std::uint64_t last_ = 0;  ///< sequence of the newest event in or through the queue
  std::deque<UnitEvent> queue_;
  std::size_t queue_bytes_ = 0;
};

}  // namespace

Handled handle_events(Call& call) {
  call.result = std::make_unique<EventsOperation>(call);
  return {};
}

}  // namespace supd::control
