#pragma once

/// What start, stop, restart and wait have in common: a set of units, each pending until it is done or
/// has failed; progress notifications on the way; one answer at the end, or a fault when time is up.

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/control/methods.hpp"
#include "daemon/control/operation.hpp"

namespace supd::control {

class UnitsOperation : public Operation, io::TimerSink {
 public:
  /// Starts the clock if the request has a timeout_ms.
  UnitsOperation(const Call& call, std::vector<UnitId> units);
  ~UnitsOperation() override { loop_.release(timer_); }

  Step step(std::string& out) final;
  void on_transition(UnitId unit, const UnitEvent& event) final;
  void on_unit_gone(const GoneUnit& gone) final;

 protected:
  /// Where the unit with this index stands now.
  [[nodiscard]] virtual Progress judge(std::size_t index) const = 0;
  /// The same, of a unit that was removed. Never pending.
  [[nodiscard]] virtual Progress judge_gone(std::size_t index) const = 0;
  [[nodiscard]] const Port& port() const { return port_; }
  [[nodiscard]] UnitId unit(std::size_t index) const { return entries_[index].unit; }

 private:
  struct Entry {
    UnitId unit;
    bool changed = true;  ///< listed in changed_
    Progress progress = Progress::pending;
    std::unique_ptr<proto::UnitResult> last;  ///< of a unit that is gone: what there is to tell about it
  };

  void on_timer(io::OpId id, bool canceled) noexcept override;
  void look_at(std::size_t index, std::string& out);
  void look_again(std::size_t index);
  void answer(std::string& out) const;
  void give_up(std::string& out) const;
  [[nodiscard]] proto::UnitResult result(const Entry& entry) const;
  [[nodiscard]] std::string timeout_text(std::span<const proto::UnitResult> late) const;

  io::Loop& loop_;
  Port& port_;
  std::string id_json_;
  std::size_t per_step_;
  Duration timeout_{0};
  io::OpId timer_;
  bool time_is_up_ = false;
  std::vector<Entry> entries_;
  std::vector<std::size_t> changed_;                 ///< entries to look at, each once
  std::unordered_map<UnitId, std::size_t> indices_;  ///< entry of a unit
  std::size_t pending_;
};

}  // namespace supd::control
