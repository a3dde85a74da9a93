// status: one long answer, put together unit by unit so that ten thousand of them hold nobody up.

#include <algorithm>
#include <utility>

#include "ctl/proto/outcome.hpp"
#include "ctl/proto/reply.hpp"
#include "daemon/control/methods.hpp"
#include "daemon/control/selection.hpp"
#include "units/base/quantity.hpp"

namespace supd::control {
namespace {

class StatusOperation final : public Operation {
 public:
  StatusOperation(const Call& call, std::vector<UnitId> units)
      : Operation(call.host),
        port_(call.port),
        id_json_(call.id()),
        form_(call.params().brief.value_or(false) ? proto::Form::brief : proto::Form::full),
        per_step_(call.bounds.units_per_step),
        max_bytes_(call.bounds.output_hard / 2),
        units_(std::move(units)) {
    proto::begin_status(text_, call.id());
  }

  Step step(std::string& out) override {
    std::size_t end = std::min(next_ + per_step_, units_.size());
    std::vector<UnitStatus> piece;
    piece.reserve(end - next_);
    for (std::size_t i = next_; i < end; ++i) {
      if (port_.known(units_[i])) piece.push_back(port_.status(units_[i]));
    }
    if (!piece.empty()) proto::add_status(text_, piece, std::exchange(first_, false), form_);
    next_ = end;
    if (text_.size() > max_bytes_) return refuse_length(out);
    if (next_ < units_.size()) return Step::more;
    proto::end_status(text_);
    out += text_;
    text_.clear();
    return Step::done;
  }

  [[nodiscard]] std::size_t held_bytes() const override { return text_.size(); }

 private:
  Step refuse_length(std::string& out) {
    text_ = {};
    std::string message = "the answer is longer than " + size_text(max_bytes_) + ": name fewer units";
    proto::write_fault(out, {static_cast<int>(proto::Outcome::failed), std::move(message), {}, {}, id_json_});
    return Step::done;
  }

  Port& port_;
  std::string id_json_;
  proto::Form form_;
  std::size_t per_step_;
  std::size_t max_bytes_;  ///< a longer answer would look like a client that does not read
  std::vector<UnitId> units_;
  std::size_t next_ = 0;
  bool first_ = true;  ///< nothing is in the answer yet
  std::string text_;   ///< the answer so far: only whole frames may be sent
};

}  // namespace

Handled handle_status(Call& call) {
  auto units = select_units(call, IfNone::all_units);
  if (!units) return std::unexpected(std::move(units.error()));
  call.result = std::make_unique<StatusOperation>(call, std::move(*units));
  return {};
}

}  // namespace supd::control
