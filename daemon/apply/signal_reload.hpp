#pragma once

/// SIGHUP: takes over what is on the disk, and tells how that went in supd's own log. Signals that come while one is
/// being heard are one more.

#include <functional>
#include <utility>

#include "daemon/apply/applier.hpp"

namespace supd::apply {

class SignalReload final : control::ChangeListener {
 public:
  /// `done` is told when nothing is under way any more.
  SignalReload(Applier& applier, std::function<void()> done) : applier_(applier), done_(std::move(done)) {}

  void ask();

 private:
  void on_changed(proto::ChangeReport report, std::vector<control::Ticket> tickets, bool watched) override;
  void on_watched(std::optional<proto::RpcFault> undone) override;
  void on_refused(proto::RpcFault why) override;
  void done();

  Applier& applier_;
  std::function<void()> done_;
  bool under_way_ = false, again_ = false;
};

}  // namespace supd::apply
