#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace supd::ctl {

/// The parts one after the other, in one allocation.
[[nodiscard]] inline std::string joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (std::string_view part : parts) size += part.size();
  std::string text;
  text.reserve(size);
  for (std::string_view part : parts) text += part;
  return text;
}

}  // namespace supd::ctl
