#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

#include "ctl/commands.hpp"

namespace supd::ctl {
namespace {

/// The supd that was installed beside this program, else the one of PATH.
std::string supd_program() {
  std::array<char, PATH_MAX> buffer{};
  ssize_t length = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
  if (length <= 0 || static_cast<std::size_t>(length) == buffer.size()) return "supd";
  std::string path(buffer.data(), static_cast<std::size_t>(length));
  std::string directory = path.substr(0, path.rfind('/') + 1);
  // In a build tree the two programs have folders of their own.
  for (const char* place : {"supd", "../daemon/supd"}) {
    if (::access((directory + place).c_str(), X_OK) == 0) return directory + place;
  }
  return "supd";
}

std::vector<std::string> with_format(const Options& options, std::vector<std::string> words) {
  if (options.format == Format::json) words.insert(words.end(), {"-o", "json"});
  if (options.format == Format::sarif) words.insert(words.end(), {"-o", "sarif"});
  return words;
}

/// supd reads unit files, so supd knows them: this program becomes it, and so do output and exit code.
Ending become_supd(Context& context, std::vector<std::string> words) {
  std::string program = supd_program();
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  context.out.flush();
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGINT, SIG_DFL);
  ::execvp(program.c_str(), pointers.data());
  return std::unexpected(
      Failure{Outcome::failed, errno_error("run", program).text(), "is supd installed beside supctl?"});
}

}  // namespace

Ending run_check(Context& context) {
  std::vector<std::string> words = with_format(context.options, {"supd", "--check"});
  for (const std::string& path : context.options.paths) words.insert(words.end(), {"-c", path});
  return become_supd(context, std::move(words));
}

Ending run_explain(Context& context) {
  std::vector<std::string> words = with_format(context.options, {"supd", "--explain"});
  if (!context.options.key.empty()) words.insert(words.end(), {"--", context.options.key});
  return become_supd(context, std::move(words));
}

Ending run_schema(Context& context) {
  std::vector<std::string> words{"supd", "--schema"};
  if (!context.options.what.empty()) words.push_back(context.options.what);
  return become_supd(context, std::move(words));
}

}  // namespace supd::ctl
