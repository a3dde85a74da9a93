#include "daemon/single/message.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>

#include "units/base/visible.hpp"

namespace supd::single {

void say(std::initializer_list<std::string_view> parts) {
  std::string line = "supd: ";
  for (std::string_view part : parts) append_visible(line, part);
  line += '\n';
  // Whether anybody reads it is not our concern. A pipe without reader makes a SIGPIPE, which is blocked.
  while (::write(STDERR_FILENO, line.data(), line.size()) < 0 && errno == EINTR) {
  }
}

}  // namespace supd::single
