// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

namespace conformance {

struct Options {
  bool list = false;
  bool quick = false;
  bool json = false;
  bool help = false;
  std::vector<std::string> only;  ///< globs of names; empty: all
  unsigned seconds = 10;          ///< of each storm
  unsigned deadline = 60;         ///< seconds that a check may take, a storm that much more than its time
  std::string kmsg = "/dev/kmsg";
  std::string error;  ///< why the command line can't be used
};

Options parse_options(int count, char** words);

bool is_selected(const Options& options, const std::string& name);

extern const char* const usage;

}  // namespace conformance
