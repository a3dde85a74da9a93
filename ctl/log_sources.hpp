#pragma once

/// Where the logs of the units that were named are: from supd, or from the directory of log files.

#include <string>
#include <vector>

#include "ctl/client.hpp"
#include "ctl/logs/unit_log.hpp"

namespace supd::ctl {

/// Asks supd. Failures as for any request; a supd that does not know the question: see knows_log_files().
[[nodiscard]] Try<std::vector<proto::LogSource>> ask_log_sources(Client& client, const std::vector<std::string>& units);

/// Units are the directories in DIR in which there are logs. Patterns are names and globs.
[[nodiscard]] Try<std::vector<proto::LogSource>> find_log_sources(const std::string& directory,
                                                                  const std::vector<std::string>& patterns);

}  // namespace supd::ctl
