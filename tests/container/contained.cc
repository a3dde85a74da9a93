#include "tests/container/contained.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace supd::container {
namespace {

std::string built(std::string_view program) { return std::string(SUPD_BUILD_ROOT) + "/" + std::string(program); }

}  // namespace

std::vector<std::string> Contained::command(const std::string& main, const std::vector<std::string>& arguments) const {
  ::chmod(scratch_.path().c_str(), 0755);  // whoever supd runs as
  std::vector<std::string> argv{built("tests/container/box")};
  argv.insert(argv.end(), poverty_.begin(), poverty_.end());
  for (const std::string& word : {std::string("--"), built("daemon/supd"), std::string("-c"), scratch_.path()}) {
    argv.push_back(word);
  }
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  if (main.empty()) return argv;
  for (const char* word : {"--", "/bin/sh", "-c"}) argv.emplace_back(word);
  argv.push_back(main);
  return argv;
}

integration::Ran Contained::run(const std::string& main, const std::vector<std::string>& arguments) const {
  return integration::run(command(main, arguments));
}

std::string missing_box() { return ::geteuid() == 0 ? "" : "making a container takes root"; }

std::string supctl() { return built("ctl/supctl"); }

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace supd::container
