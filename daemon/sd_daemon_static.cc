// SdDaemon without libsystemd, of which there is no archive to link: the documented protocol of sd_notify(3),
// sd_watchdog_enabled(3) and sd_listen_fds(3).

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "daemon/sd_daemon.hpp"
#include "daemon/sys/datagram.hpp"
#include "units/base/datagram_address.hpp"

namespace supd {
namespace {

constexpr int first_fd = 3;
constexpr int most_fds = 64;

/// Nothing when it is not set, or no number.
std::optional<std::int64_t> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  std::string_view digits(text);
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  bool whole = error == std::errc{} && end == digits.data() + digits.size();
  return whole ? std::optional(value) : std::nullopt;
}

/// Cuts the first name of a list with colons off.
std::string next_name(std::string_view& names) {
  std::size_t colon = names.find(':');
  std::string name(names.substr(0, colon));
  names.remove_prefix(colon == names.npos ? names.size() : colon + 1);
  return name.empty() ? "unknown" : name;
}

}  // namespace

struct SdDaemon::Means {
  sys::UniqueFd socket;
};

SdDaemon::SdDaemon() {
  const char* text = std::getenv("NOTIFY_SOCKET");
  if (text == nullptr) return;
  std::string path(text);
  if (path.starts_with('@')) path.front() = '\0';  // the abstract namespace of unix(7)
  auto socket = sys::connect_datagram(unix_address(path));
  if (socket) {
    means_ = std::make_unique<Means>(std::move(*socket));
  } else {
    problem_ = "NOTIFY_SOCKET: " + socket.error().text() + ": the service manager is told nothing";
  }
}

SdDaemon::~SdDaemon() = default;

bool SdDaemon::notifies() const { return means_ != nullptr; }

void SdDaemon::notify(const std::string& state) const {
  if (means_) static_cast<void>(sys::send_datagram(means_->socket.borrow(), state));
}

void SdDaemon::notify_with_fd(const std::string& state, sys::BorrowedFd fd) const {
  if (means_) static_cast<void>(sys::send_fd(means_->socket.borrow(), fd, state));
}

std::optional<Duration> SdDaemon::watchdog() const {
  auto microseconds = number_in("WATCHDOG_USEC");
  auto pid = number_in("WATCHDOG_PID");
  constexpr std::int64_t longest = 1'000'000LL * 3600 * 24 * 365;
  if (!microseconds || *microseconds <= 0 || *microseconds > longest || (pid && *pid != ::getpid()))
    return std::nullopt;
  return std::chrono::duration_cast<Duration>(std::chrono::microseconds(*microseconds));
}

std::vector<SdDaemon::PassedFd> SdDaemon::take_fds() const {
  std::vector<PassedFd> passed;
  auto count = number_in("LISTEN_FDS");
  if (number_in("LISTEN_PID") != ::getpid() || !count || *count < 1 || *count > most_fds) return passed;
  const char* variable = std::getenv("LISTEN_FDNAMES");
  std::string_view names(variable != nullptr ? variable : "");
  for (int fd = first_fd; fd < first_fd + *count; ++fd) {
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) break;  // it is not there: nor are those behind it
    passed.push_back({next_name(names), sys::UniqueFd(fd)});
  }
  return passed;
}

}  // namespace supd
