// SPDX-License-Identifier: GPL-2.0-only
#include "options.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace conformance {

const char* const usage =
    "Usage: conformance [OPTION]...\n"
    "Checks the running kernel for what supd's io_uring engine relies on.\n"
    "\n"
    "  --list         print the names of the checks and what they expect\n"
    "  --quick        only the checks that supd itself may run at start\n"
    "  --only GLOB... only the checks whose names match one of these\n"
    "  --seconds N    how long each storm lasts (10)\n"
    "  --deadline N   seconds after which a check that is not quick counts as hanging (60)\n"
    "  --json         one JSON document instead of TAP\n"
    "  --kmsg FILE    the kernel's log (/dev/kmsg)\n"
    "  --help         this text\n"
    "\n"
    "Exit status: 0 all passed or are not supported, 1 something failed, 2 wrong usage.\n";

namespace {

/// The words after an option, up to the next option.
class Words {
 public:
  Words(int count, char** words) : words_(words + 1, words + count) {}

  bool empty() const { return at_ == words_.size(); }
  std::string take() { return words_.at(at_++); }
  bool has_value() const { return !empty() && !words_.at(at_).starts_with("--"); }

 private:
  std::vector<std::string> words_;
  std::size_t at_ = 0;
};

void take_seconds(Options& options, unsigned& seconds, const std::string& word) {
  constexpr unsigned max = 24 * 60 * 60;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), seconds);
  const bool whole = error == std::errc() && end == word.data() + word.size();
  if (!whole || seconds == 0 || seconds > max) options.error = "no number of seconds: " + word;
}

void take_option(Options& options, const std::string& word, Words& words) {
  const bool wants_value = word == "--only" || word == "--seconds" || word == "--deadline" || word == "--kmsg";
  if (wants_value && !words.has_value()) {
    options.error = word + " needs a value";
  } else if (word == "--only") {
    while (words.has_value()) options.only.push_back(words.take());
  } else if (word == "--seconds") {
    take_seconds(options, options.seconds, words.take());
  } else if (word == "--deadline") {
    take_seconds(options, options.deadline, words.take());
  } else if (word == "--kmsg") {
    options.kmsg = words.take();
  } else if (word == "--list") {
    options.list = true;
  } else if (word == "--quick") {
    options.quick = true;
  } else if (word == "--json") {
    options.json = true;
  } else if (word == "--help") {
    options.help = true;
  } else {
    options.error = "unknown: " + word;
  }
}

}  // namespace

Options parse_options(int count, char** words) {
  Options options;
  Words rest(count, words);
  while (!rest.empty() && options.error.empty()) take_option(options, rest.take(), rest);
  return options;
}

bool is_selected(const Options& options, const std::string& name) {
  const auto matches = [&](const std::string& glob) { return ::fnmatch(glob.c_str(), name.c_str(), 0) == 0; };
  return options.only.empty() || std::ranges::any_of(options.only, matches);
}

}  // namespace conformance
