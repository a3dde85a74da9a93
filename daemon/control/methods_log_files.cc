// log_files: where the logs of units are, so that clients can read the files themselves.

#include <algorithm>
#include <utility>

#include "ctl/proto/reply.hpp"
#include "daemon/control/methods.hpp"
#include "daemon/control/selection.hpp"

namespace supd::control {
namespace {

class LogFilesOperation final : public Operation {
 public:
  LogFilesOperation(const Call& call, std::vector<UnitId> units)
      : Operation(call.host),
        port_(call.port),
        id_json_(call.id()),
        per_step_(call.bounds.units_per_step),
        units_(std::move(units)) {}

  Step step(std::string& out) override {
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

 private:
  Port& port_;
  std::string id_json_;
  std::size_t per_step_;
  std::vector<UnitId> units_;
  std::size_t next_ = 0;
};

}  // namespace

Handled handle_log_files(Call& call) {
  auto units = select_units(call, IfNone::all_units);
  if (!units) return std::unexpected(std::move(units.error()));
  call.result = std::make_unique<LogFilesOperation>(call, std::move(*units));
  return {};
}

}  // namespace supd::control
