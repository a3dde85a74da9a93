#pragma once

/// From "enable web" to the overrides that say so. Pure.

#include <expected>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "ctl/proto/messages.hpp"
#include "daemon/control/change.hpp"

namespace supd::apply {

struct OverrideChange {
  config::Overrides overrides;
  std::vector<std::string> units;  ///< as written in files, instances of templates: those that were meant
  std::vector<std::string> notes;  ///< what it means for each, in words
  bool instances = false;          ///< some are instances of templates, which only a load can make
};

/// `change` is enable, disable, mask, unmask or scale. Everything that is asked for can be done, or nothing is: then
/// the reason, for a person. An override that says what the file says anyway is left out.
[[nodiscard]] std::expected<OverrideChange, proto::RpcFault> change_overrides(const config::Loaded& running,
                                                                              const control::Change& change);

}  // namespace supd::apply
