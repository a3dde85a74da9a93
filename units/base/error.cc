#include "units/base/error.hpp"

#include <cerrno>
#include <cstring>

namespace supd {

std::string Error::text() const {
  std::string out = operation;
  if (!object.empty()) out += (out.empty() ? "" : " ") + object;
  if (!detail.empty()) out += (out.empty() ? "" : ": ") + detail;
  if (code != 0) out += (out.empty() ? "" : ": ") + std::string(std::strerror(code));
  return out;
}

Error errno_error(std::string_view operation, std::string_view object) { return errno_error(operation, object, errno); }

Error errno_error(std::string_view operation, std::string_view object, int code) {
  return Error{std::string(operation), std::string(object), code, {}};
}

}  // namespace supd
