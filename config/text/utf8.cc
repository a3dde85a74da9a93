#include "config/text/utf8.hpp"

#include <algorithm>

namespace supd::config {

std::size_t character_count(std::string_view text) {
  auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::ranges::count_if(text, is_start));
}

}  // namespace supd::config
