#include <span>

#include "ctl/run.hpp"

int main(int argc, char** argv) {
  std::span<const char* const> words(argv, static_cast<std::size_t>(argc));
  return supd::ctl::run(words.empty() ? words : words.subspan(1));
}
