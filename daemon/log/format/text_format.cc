#include "daemon/log/format/text_format.hpp"

#include <algorithm>
#include <array>

namespace supd::log {
namespace {

// By Stream, then by LineEnd.
constexpr std::array<std::array<std::string_view, 4>, 2> tags{{
    {" o ", " o+ ", " o+ ", " o. "},
    {" e ", " e+ ", " e+ ", " e. "},
}};

}  // namespace

void append_record(std::string& out, std::string_view stamp, Stream stream, const Line& line) {
  out.append(stamp);
  out.append(tags[static_cast<std::size_t>(stream)][static_cast<std::size_t>(line.end)]);
  out.append(line.text);
  out.push_back('\n');
}

void append_note(std::string& out, std::string_view stamp, std::string_view text) {
  out.append(stamp);
  out.append(" - ");
  auto start = static_cast<std::ptrdiff_t>(out.size());
  out.append(text);
  std::replace(out.begin() + start, out.end(), '\n', ' ');
  out.push_back('\n');
}

}  // namespace supd::log
