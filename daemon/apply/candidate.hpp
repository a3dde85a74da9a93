#pragma once

/// A configuration that may be taken over: read from the disk, or the one that runs with other overrides. Made off
/// the loop; blocks on the disk and on the name service.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "config/plan/plan.hpp"
#include "ctl/proto/messages.hpp"
#include "daemon/control/change.hpp"

namespace supd::apply {

/// All that the thread may look at.
struct Task {
  control::Change change;
  std::shared_ptr<const config::Loaded> running;
  config::LoadRequest source;  ///< where the files are; `previous` and `overrides` are set by prepare()
};

struct Candidate {
  std::optional<proto::RpcFault> refusal;        ///< then there is nothing else
  std::shared_ptr<const config::Loaded> loaded;  ///< ok, with a sound graph
  config::Comparison there;                      ///< from what runs to that
  config::Comparison back;                       ///< from that to what runs; of changes that are watched
  std::vector<std::string> units;                ///< that overrides were changed of
  std::vector<std::string> notes;                ///< for a person
};

/// Overrides have been saved, if that is possible here, when this returns; else a note says so.
[[nodiscard]] Candidate prepare(const Task& task);

}  // namespace supd::apply
