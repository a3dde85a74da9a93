// logs: the newest lines of some units in time order, and then, if asked, every line as it comes.

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

#include "ctl/proto/reply.hpp"
#include "daemon/control/log_tail.hpp"
#include "daemon/control/methods.hpp"
#include "daemon/control/selection.hpp"

namespace supd::control {
namespace {

std::size_t wanted_lines(const Call& call) {
  bool follow = call.params().follow.value_or(false);
  std::size_t normal = follow ? default_lines_before_follow : default_lines;
  if (!call.params().lines) return normal;
  return std::min(static_cast<std::size_t>(*call.params().lines), call.bounds.tail_lines);
}

class LogsOperation final : public Operation {
 public:
  LogsOperation(const Call& call, std::vector<UnitId> units);
  ~LogsOperation() override;

  Step step(std::string& out) override;
  void on_log(UnitId unit, const proto::LogRecord& record) override;
  void on_unit_added(UnitId unit) override;
  void on_unit_gone(const GoneUnit& gone) override;
  [[nodiscard]] std::size_t held_bytes() const override { return tail_.bytes() + queue_bytes_; }

 private:
  struct Source {
    std::size_t index;  ///< in units_, while gathering
    std::int64_t last_us = std::numeric_limits<std::int64_t>::min();
  };

  void gather_some();
  void end_gathering();
  void send_some(std::string& out);
  void add(UnitId unit);
  [[nodiscard]] bool knows_name_of(UnitId unit) const;
  /// Nothing can come any more.
  [[nodiscard]] bool over() const { return !follow_ || (sources_.empty() && !all_); }

  Port& port_;
  Counters& counters_;
  const Bounds& bounds_;
  std::string id_json_;
  std::size_t lines_;
  bool follow_;
  bool all_;                   ///< no units were named: also those that are added later
  std::vector<UnitId> units_;  ///< whose tail is gathered; not valid: gone since
  std::unordered_map<UnitId, Source> sources_;
  std::size_t gathered_ = 0;  ///< units whose tail was read
  bool gathering_ = true;
  bool past_ = true;  ///< not all of the tail was sent
  LogTail tail_;
  std::deque<proto::LogRecord> queue_;
  std::size_t queue_bytes_ = 0;
};

LogsOperation::LogsOperation(const Call& call, std::vector<UnitId> units)
    : Operation(call.host),
      port_(call.port),
      counters_(call.counters),
      bounds_(call.bounds),
      id_json_(call.id()),
      lines_(wanted_lines(call)),
      follow_(call.params().follow.value_or(false)),
      all_(call.params().units.empty()),
      tail_(lines_, bounds_.tail_bytes) {
  units_.reserve(units.size());
  for (UnitId unit : units) add(unit);
}

void LogsOperation::add(UnitId unit) {
  sources_.emplace(unit, Source{.index = units_.size()});
  if (gathering_) units_.push_back(unit);
  if (follow_) port_.follow_log(unit);
}

LogsOperation::~LogsOperation() {
  if (!follow_) return;
  for (const auto& [unit, source] : sources_) port_.unfollow_log(unit);
}

/// A unit of another kind than before is another unit, of the same name: who follows the one follows the other.
bool LogsOperation::knows_name_of(UnitId unit) const {
  return std::ranges::any_of(sources_,
                             [&](const auto& source) { return port_.name(source.first) == port_.name(unit); });
}

void LogsOperation::on_unit_added(UnitId unit) {
  if (follow_ && (all_ || knows_name_of(unit))) add(unit);
}

void LogsOperation::on_unit_gone(const GoneUnit& gone) {
  auto source = sources_.find(gone.unit);
  if (source == sources_.end()) return;
  if (follow_) port_.unfollow_log(gone.unit);
  if (gathering_) units_[source->second.index] = {};
  sources_.erase(source);
  if (over()) wake();
}

void LogsOperation::on_log(UnitId unit, const proto::LogRecord& record) {
  auto source = sources_.find(unit);
  if (!follow_ || source == sources_.end()) return;
  if (gathering_) {
    // Of a unit whose tail was not read yet, the line will be in that tail.
    if (source->second.index < gathered_) tail_.add(record, source->second.last_us);
    return;
  }
  queue_.push_back(record);
  queue_bytes_ += weight(record);
  wake();
}

Operation::Step LogsOperation::step(std::string& out) {
  if (gathering_) {
    gather_some();
    return Step::more;
  }
  if (!queue_.empty()) send_some(out);
  if (!queue_.empty()) return Step::more;
  // Whoever joins this to lines from elsewhere needs to know where the past ends.
  if (follow_ && std::exchange(past_, false)) proto::write_log(out, id_json_, {});
  if (!over()) return Step::waiting;
  proto::write_empty(out, id_json_);
  return Step::done;
}

void LogsOperation::gather_some() {
  std::size_t read = 0, looked_at = 0;
  while (lines_ != 0 && gathered_ < units_.size() && read < bounds_.gather_bytes &&
         looked_at++ < bounds_.units_per_step) {
    UnitId unit = units_[gathered_++];
    if (!unit.valid()) continue;
    Source& source = sources_.at(unit);
    for (proto::LogRecord& record : port_.log_tail(unit, lines_)) {
      read += weight(record);
      tail_.add(std::move(record), source.last_us);
    }
  }
  if (lines_ == 0 || gathered_ == units_.size()) end_gathering();
}

void LogsOperation::end_gathering() {
  gathering_ = false;
  units_ = {};
  counters_.tail_dropped += tail_.dropped();
  queue_bytes_ = tail_.bytes();
  queue_ = tail_.take();
}

void LogsOperation::send_some(std::string& out) {
  std::vector<proto::LogRecord> piece;
  for (std::size_t bytes = 0; !queue_.empty() && bytes < bounds_.piece_bytes; queue_.pop_front()) {
    bytes += weight(queue_.front());
    piece.push_back(std::move(queue_.front()));
  }
  for (const proto::LogRecord& record : piece) queue_bytes_ -= weight(record);
  proto::write_log(out, id_json_, piece);
}

}  // namespace

Handled handle_logs(Call& call) {
  auto units = select_units(call, IfNone::all_units);
  if (!units) return std::unexpected(std::move(units.error()));
  call.result = std::make_unique<LogsOperation>(call, std::move(*units));
  return {};
}

}  // namespace supd::control
