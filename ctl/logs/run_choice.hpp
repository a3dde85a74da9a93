#pragma once

/// --run: which stretch of a log is meant, and where it begins. A run is known by its number and its main process,
/// because numbers begin anew with a supd that knows of none before it.

#include <cstdint>

#include "ctl/logs/back_reader.hpp"

namespace supd::ctl::logs {

struct RunChoice {
  enum class What : std::uint8_t { everything, nothing, marked };
  What what = What::everything;
  log::RunMark mark{};
  Position from{};  ///< no record of it stands before

  [[nodiscard]] bool has(const std::optional<log::RunMark>& of_record) const {
    return what == What::everything || (what == What::marked && of_record == mark);
  }
};

/// `wanted` as in Selection::run; `current` is what supd says of the unit, 0: it says nothing. A log without any
/// marker is of that run, or of the only one there is.
[[nodiscard]] RunChoice choose_run(const FileChain& chain, const LineParser& parser, std::int64_t wanted,
                                   std::uint64_t current);

}  // namespace supd::ctl::logs
