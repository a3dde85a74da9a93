#pragma once

/// Buffers that are used over and over.

#include <cstddef>
#include <string>

namespace supd::log {

/// Empties the buffer. Its memory stays for the next use, unless one large use has made it larger than `kept`: an
/// assignment would keep that for ever.
inline void empty(std::string& buffer, std::size_t kept) {
  buffer.clear();
  if (buffer.capacity() > kept) std::string().swap(buffer);
}

}  // namespace supd::log
