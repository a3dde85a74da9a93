#include "daemon/io/engine.hpp"

#include <fcntl.h>

#include <array>
#include <cstring>
#include <optional>
#include <string_view>

#include "daemon/io/epoll_loop.hpp"
#include "daemon/io/kernel/check.hpp"
#include "daemon/io/uring_probe.hpp"

namespace supd::io {
namespace {

/// The start of a small file of /proc, or "" when it can't be read.
std::string head_of(const char* path) {
  const sys::UniqueFd fd(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::array<char, 4096> text{};
  const ssize_t size = fd.valid() ? ::read(fd.get(), text.data(), text.size()) : 0;
  return {text.data(), static_cast<std::size_t>(size > 0 ? size : 0)};
}

/// The value after "Seccomp:" in /proc/self/status: '0' off, '1' strict, '2' filter; 0: unknown.
char seccomp_mode() {
  constexpr std::string_view key = "\nSeccomp:\t";
  const std::string status = head_of("/proc/self/status");
  const std::size_t at = status.find(key);
  return at == std::string::npos || at + key.size() >= status.size() ? '\0' : status[at + key.size()];
}

/// What in this environment is likely to be the cause.
std::string likely_cause() {
  const std::string disabled = head_of("/proc/sys/kernel/io_uring_disabled");
  std::string out;
  if (!disabled.empty() && disabled[0] != '0') out = " (kernel.io_uring_disabled is " + disabled.substr(0, 1) + ")";
  if (seccomp_mode() == '2') out += " (a seccomp filter is active, as in most containers)";
  return out;
}

Result<Chosen> use_epoll(std::string reason) {
  auto loop = EpollLoop::open();
  if (!loop) return std::unexpected(loop.error());
  return Chosen{std::move(*loop), std::move(reason)};
}

/// The first check that the engine can't do without and that fails, in words; nothing: it can be used.
std::optional<std::string> broken_promise() {
  for (const kernel::Check& check : kernel::quick_checks()) {
    if (check.need != kernel::Need::vital) continue;
    const kernel::Outcome outcome = check.run();
    if (outcome.verdict != kernel::Verdict::fail) continue;
    std::string out = "this kernel fails " + std::string(check.name) + ": " + outcome.detail;
    if (!check.fix.empty()) out += " (it lacks " + std::string(check.fix) + ")";
    return out;
  }
  return std::nullopt;
}

}  // namespace

Result<Chosen> make_loop(Engine engine) {
  if (engine == Engine::epoll) return use_epoll("epoll, as configured");
  auto loop = open_probed();
  if (loop) {
    const std::optional<std::string> broken = broken_promise();
    if (!broken) return Chosen{std::move(*loop), "io_uring: multishot reads and waitid work"};
    if (engine == Engine::automatic) return use_epoll("epoll, as " + *broken);
    return Chosen{std::move(*loop), "io_uring, as configured, although " + *broken};
  }
  Error error = loop.error();
  const std::string why = "io_uring does not work here: " + error.text() + likely_cause();
  if (engine == Engine::automatic) return use_epoll("epoll, as " + why);
  return std::unexpected(Error{.operation = why, .object = {}, .code = 0, .detail = {}});
}

}  // namespace supd::io
