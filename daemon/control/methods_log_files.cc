// log_files: where the logs of units are, so that clients can read the files themselves.

#include <algorithm>
#include <utility>

#include "ctl/proto/reply.hpp"
#include "daemon/control/methods.hpp"
#include "daemon/control/selection.hpp"

namespace supd::control {
namespace {

/// First has all logs written out, then waits until what they had by then is in their files, so that who reads the
/// files misses nothing that was there when it asked; but no longer than `patience`: a disk may hang.
class LogFilesOperation final : public Operation, io::TimerSink {
 public:
  static constexpr Duration patience = 500ms;
  static constexpr Duration look_again = 1ms;

  LogFilesOperation(const Call& call, std::vector<UnitId> units)
      : Operation(call.host),
        loop_(call.loop),
        port_(call.port),
        id_json_(call.id()),
        per_step_(call.bounds.units_per_step),
        deadline_(loop_.now() + patience),
        units_(std::move(units)) {}
  ~LogFilesOperation() override { loop_.release(timer_); }

  Step step(std::string& out) override {
    if (flushed_ < units_.size()) return flush_some();
    if (!written()) {
      if (!timer_) timer_ = loop_.timer_at(loop_.now() + look_again, *this);
      return Step::waiting;
    }
    return tell_some(out);
  }

 private:
  struct Waiting {
    UnitId unit;
    std::uint64_t mark;
  };

  void on_timer(io::OpId, bool) noexcept override {
    timer_ = {};
    wake();
  }

  Step flush_some() {
    for (std::size_t end = std::min(flushed_ + per_step_, units_.size()); flushed_ < end; ++flushed_) {
      UnitId unit = units_[flushed_];
      if (!port_.known(unit)) continue;
      std::uint64_t mark = port_.write_log_out(unit);
      if (!port_.log_has_written(unit, mark)) waiting_.push_back({unit, mark});
    }
    return Step::more;
  }

  bool written() {
    std::erase_if(waiting_, [this](const Waiting& entry) {
      return !port_.known(entry.unit) || port_.log_has_written(entry.unit, entry.mark);
    });
    return waiting_.empty() || loop_.now() >= deadline_;
  }

  Step tell_some(std::string& out) {
    std::size_t end = std::min(next_ + per_step_, units_.size());
    std::vector<proto::LogSource> piece;
    for (; next_ < end; ++next_) {
      if (port_.known(units_[next_])) piece.push_back(port_.log_source(units_[next_]));
    }
    if (!piece.empty()) proto::write_log_files(out, id_json_, piece);
    if (next_ < units_.size()) return Step::more;
    proto::write_empty(out, id_json_);
    return Step::done;
  }

  io::Loop& loop_;
  Port& port_;
  std::string id_json_;
  std::size_t per_step_;
  Instant deadline_;
  io::OpId timer_;
  std::vector<UnitId> units_;
  std::vector<Waiting> waiting_;
  std::size_t flushed_ = 0, next_ = 0;
};

}  // namespace

Handled handle_log_files(Call& call) {
  auto units = select_units(call, IfNone::all_units);
  if (!units) return std::unexpected(std::move(units.error()));
  call.result = std::make_unique<LogFilesOperation>(call, std::move(*units));
  return {};
}

}  // namespace supd::control
