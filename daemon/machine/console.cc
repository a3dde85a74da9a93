#include "daemon/machine/console.hpp"

#include "daemon/sys/small_file.hpp"

namespace supd::machine {
namespace {

constexpr std::string_view screen = "tty0";  // whatever virtual terminal is in the foreground

std::string_view last_word(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return text.substr(text.find_last_of(" \n") + 1);
}

std::string device(std::string_view name) { return "/dev/" + std::string(name); }

std::string about_tty(const char* path) {
  return sys::read_small_file(sys::working_directory, path, 4096).value_or("");
}

}  // namespace

std::vector<std::string> consoles(std::string_view active, std::string_view foreground) {
  std::vector<std::string> all{"/dev/console"};
  std::string_view name = last_word(active);
  if (!name.empty()) all.push_back(device(name));
  if (name == screen && !last_word(foreground).empty()) all.push_back(device(last_word(foreground)));
  return all;
}

std::vector<std::string> consoles() {
  return consoles(about_tty("/sys/class/tty/console/active"), about_tty("/sys/class/tty/tty0/active"));
}

}  // namespace supd::machine
