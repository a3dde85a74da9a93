#include "daemon/machine/early.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "daemon/log/own_log.hpp"
#include "daemon/machine/api_mounts.hpp"
#include "daemon/sys/machine.hpp"
#include "daemon/sys/small_file.hpp"

namespace supd::machine {
namespace {

constexpr const char* console = "/dev/console";

void tell(const Result<void>& done) {
  if (!done) log::warn(done.error().text() + ", going on");
}

void mount_missing() {
  // Before /proc is there nothing is known of the others.
  for (bool again = true; again;) {
    auto missing = missing_mounts(sys::mount_points());
    again = !missing.empty() && std::string_view(missing.front().path) == "/proc";
    for (const sys::NewMount& mount : missing) {
      bool is_proc = std::string_view(mount.path) == "/proc";
      if (again != is_proc) continue;
      auto done = sys::mount_new(mount);
      tell(done);
      if (!done && is_proc) return;
    }
  }
}

/// The first word of /etc/hostname that is no comment.
void name_machine() {
  auto text = sys::read_small_file(sys::working_directory, "/etc/hostname", 4096);
  if (!text) return;
  std::string_view rest(*text);
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
    if (!line.empty() && line.front() != '#') return tell(sys::set_hostname(std::string(line)));
  }
}

}  // namespace

void take_console() {
  if (::fcntl(STDIN_FILENO, F_GETFD) >= 0 && ::fcntl(STDERR_FILENO, F_GETFD) >= 0) return;
  int fd = ::open(console, O_RDWR | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return;
  ::fcntl(fd, F_SETFL, O_RDWR);
  for (int each = STDIN_FILENO; each <= STDERR_FILENO; ++each) ::dup2(fd, each);
  if (fd > STDERR_FILENO) ::close(fd);
}

void set_up_machine() {
  mount_missing();
  take_console();
  name_machine();
  tell(sys::bring_loopback_up());
  // In a pid namespace it is not ours.
  auto taken = sys::take_ctrl_alt_del();
  if (!taken && taken.error().code != EINVAL) tell(taken);
}

}  // namespace supd::machine
