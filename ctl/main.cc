#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "ctl/run.hpp"

namespace {

/// Under these names, as symbolic links, it does what people have typed for ever.
constexpr std::array<std::string_view, 3> verbs_of_their_own{"poweroff", "reboot", "halt"};

}  // namespace

int main(int argc, char** argv) {
  std::vector<const char*> words;
  words.reserve(static_cast<std::size_t>(argc) + 1);
  std::string_view called_as = argc > 0 ? std::string_view(argv[0]) : std::string_view();
  called_as.remove_prefix(called_as.rfind('/') + 1);
  for (std::string_view verb : verbs_of_their_own) {
    if (called_as == verb) words.push_back(verb.data());
  }
  words.insert(words.end(), argv + std::min(argc, 1), argv + argc);
  return supd::ctl::run(words);
}
