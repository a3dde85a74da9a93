#include "config/lint/program.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "config/keys/names.hpp"
#include "config/text/diagnostic.hpp"
#include "units/base/expand.hpp"

namespace supd::config {
namespace {

constexpr std::string_view usual_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::size_t first_bytes = 256;  ///< what the kernel looks at of a script (BINPRM_BUF_SIZE)

struct Found {
  enum class State { good, missing, not_executable } state = State::missing;
  std::string path;  ///< of a good one
};

Found look_at(std::string path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return {};
  bool good = S_ISREG(info.st_mode) && ::access(path.c_str(), X_OK) == 0;
  return {good ? Found::State::good : Found::State::not_executable, std::move(path)};
}

std::string search_path_of(const EnvironmentSpec& environment) {
  auto own = std::ranges::find(environment.values, "PATH", &std::pair<std::string, std::string>::first);
  if (own != environment.values.end()) return own->second;
  const char* inherited = std::getenv("PATH");
  return inherited != nullptr && environment.inherit_all ? inherited : std::string(usual_path);
}

Found search(const std::string& name, std::string_view path) {
  Found best;
  while (!path.empty() && best.state != Found::State::good) {
    std::size_t end = std::min(path.find(':'), path.size());
    Found here = end == 0 ? Found{} : look_at(std::string(path.substr(0, end)) + "/" + name);
    if (here.state != Found::State::missing) best = std::move(here);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return best;
}

bool in_search_path(std::string_view program) { return program.find('/') == std::string_view::npos; }
Found find_program(const std::string& program, const UnitSpec& unit) {
  if (in_search_path(program)) return search(program, search_path_of(unit.environment));
  if (program.starts_with('/') || unit.directory.empty()) return look_at(program);
  return look_at(unit.directory + "/" + program);
}

/// What stands behind #! in the first line of a file; "" when nothing does.
std::string script_line(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return {};
  std::array<char, first_bytes> bytes{};
  ssize_t length = ::read(fd, bytes.data(), bytes.size());
  ::close(fd);
  std::string_view text(bytes.data(), length < 0 ? 0 : static_cast<std::size_t>(length));
  if (!text.starts_with("#!")) return {};
  return std::string(text.substr(2, text.find('\n') - 2));
}

/// Takes the first word off.
std::string take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  std::string word(text.substr(0, end));
  text.remove_prefix(end);
  return word;
}

/// What is wrong with what has to run the script at `path`.
ProgramFault interpreter_fault(const std::string& program, const std::string& path, const UnitSpec& unit) {
  std::string line = script_line(path);
  std::string_view rest = line;
  std::string interpreter = take_word(rest);
  if (interpreter.empty()) return {};
  std::string message = in_quotes(program) + " is a script for " + in_quotes(interpreter) + ", which can't be executed";
  if (interpreter.ends_with('\r')) return {message, "its lines end as on Windows: remove the carriage returns"};
  if (look_at(interpreter).state != Found::State::good) return {message, "install it, or correct the first line"};
  std::string argument = take_word(rest);
  bool by_env = base_name(interpreter) == "env" && !argument.empty() && argument[0] != '-' &&
                argument.find('=') == std::string::npos;
  if (!by_env || find_program(argument, unit).state == Found::State::good) return {};
  return {in_quotes(program) + " is a script for " + in_quotes(argument) + ", which is not in PATH",
          "install it, or correct the first line"};
}

}  // namespace

ProgramFault find_fault(const std::string& program, const UnitSpec& unit) {
  if (has_references(program) || (!program.starts_with('/') && has_references(unit.directory))) return {};
  Found found = find_program(program, unit);
  switch (found.state) {
    case Found::State::good: return interpreter_fault(program, found.path, unit);
    case Found::State::missing:
      return in_search_path(program)
                 ? ProgramFault{"there is no program " + in_quotes(program) + " in PATH",
                                "install it, or write its whole path"}
                 : ProgramFault{"there is no program " + in_quotes(program), "install it, or correct the path"};
    case Found::State::not_executable:
      return {in_quotes(program) + " can't be executed", "make it an executable file: chmod +x"};
  }
  return {};
}

}  // namespace supd::config
