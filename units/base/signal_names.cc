#include "units/base/signal_names.hpp"

#include <array>
#include <charconv>
#include <csignal>

namespace supd {
namespace {

struct Named {
  int number;
  std::string_view name;
};

constexpr std::array table{
    Named{SIGHUP, "SIGHUP"},   Named{SIGINT, "SIGINT"},       Named{SIGQUIT, "SIGQUIT"}, Named{SIGILL, "SIGILL"},
    Named{SIGTRAP, "SIGTRAP"}, Named{SIGABRT, "SIGABRT"},     Named{SIGBUS, "SIGBUS"},   Named{SIGFPE, "SIGFPE"},
    Named{SIGKILL, "SIGKILL"}, Named{SIGUSR1, "SIGUSR1"},     Named{SIGSEGV, "SIGSEGV"}, Named{SIGUSR2, "SIGUSR2"},
    Named{SIGPIPE, "SIGPIPE"}, Named{SIGALRM, "SIGALRM"},     Named{SIGTERM, "SIGTERM"}, Named{16, "SIGSTKFLT"},
    Named{SIGCHLD, "SIGCHLD"}, Named{SIGCONT, "SIGCONT"},     Named{SIGSTOP, "SIGSTOP"}, Named{SIGTSTP, "SIGTSTP"},
    Named{SIGTTIN, "SIGTTIN"}, Named{SIGTTOU, "SIGTTOU"},     Named{SIGURG, "SIGURG"},   Named{SIGXCPU, "SIGXCPU"},
    Named{SIGXFSZ, "SIGXFSZ"}, Named{SIGVTALRM, "SIGVTALRM"}, Named{SIGPROF, "SIGPROF"}, Named{SIGWINCH, "SIGWINCH"},
    Named{SIGIO, "SIGIO"},     Named{SIGPWR, "SIGPWR"},       Named{SIGSYS, "SIGSYS"},
};

// The kernel's range (signal(7)); the C library's SIGRTMIN is 34 because it keeps two for itself.
constexpr int rt_min = 34;
constexpr int rt_max = 64;

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int> realtime_number(std::string_view name) {
  bool from_min = name.starts_with("SIGRTMIN");
  if (!from_min && !name.starts_with("SIGRTMAX")) return std::nullopt;
  int base = from_min ? rt_min : rt_max;
  std::string_view rest = name.substr(8);
  if (rest.empty()) return base;
  if (rest.size() < 2 || rest[0] != (from_min ? '+' : '-')) return std::nullopt;
  auto offset = whole_number(rest.substr(1));
  if (!offset || *offset < 0 || *offset > rt_max - rt_min) return std::nullopt;
  return from_min ? base + *offset : base - *offset;
}

}  // namespace

std::string signal_name(int number) {
  for (const Named& entry : table) {
    if (entry.number == number) return std::string(entry.name);
  }
  if (number == rt_min) return "SIGRTMIN";
  if (number > rt_min && number <= rt_max) return "SIGRTMIN+" + std::to_string(number - rt_min);
  return "signal " + std::to_string(number);
}

std::optional<int> signal_number(std::string_view name) {
  if (auto number = whole_number(name)) {
    if (*number < 1 || *number > rt_max) return std::nullopt;
    return number;
  }
  std::string full = upper(name);
  if (!full.starts_with("SIG")) full = "SIG" + full;
  for (const Named& entry : table) {
    if (entry.name == full) return entry.number;
  }
  return realtime_number(full);
}

std::vector<std::string_view> signal_names() {
  std::vector<std::string_view> names;
  names.reserve(table.size());
  for (const Named& entry : table) names.push_back(entry.name);
  return names;
}

}  // namespace supd
