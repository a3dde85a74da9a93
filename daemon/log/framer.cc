#include "daemon/log/framer.hpp"

#include <algorithm>
#include <cstring>

#include "daemon/log/scratch.hpp"

namespace supd::log {
namespace {

/// A carry that grew beyond this is given back when its line is done.
constexpr std::size_t kept_capacity = 4096;

constexpr auto no_newline = std::string_view::npos;

std::size_t find_newline(std::string_view text) {
  const void* found = std::memchr(text.data(), '\n', text.size());
  if (found == nullptr) return no_newline;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// Length of the UTF-8 sequence that starts with `lead`; 1 when it starts none.
std::size_t sequence_length(char lead) {
  auto byte = static_cast<unsigned char>(lead);
  if (byte >= 0xf0 && byte <= 0xf4) return 4;
  if (byte >= 0xe0 && byte < 0xf0) return 3;
  if (byte >= 0xc2 && byte < 0xe0) return 2;
  return 1;
}

}  // namespace

std::size_t cut_point(std::string_view text, std::size_t limit) {
  if (!is_continuation(text[limit])) return limit;
  for (std::size_t back = 1; back <= 3 && back < limit; ++back) {
    char c = text[limit - back];
    if (is_continuation(c)) continue;
    return sequence_length(c) > back ? limit - back : limit;
  }
  return limit;
}

Framer::Framer(std::uint64_t max_line)
    : max_line_(static_cast<std::uint32_t>(std::clamp(max_line, least_max_line, greatest_max_line))) {}

void Framer::feed(std::string_view chunk, LineSink& sink) {
  while (!carry_.empty() && !chunk.empty()) chunk = complete_carry(chunk, sink);
  if (chunk.size() <= max_line_) return feed_short(chunk, sink);
  while (!chunk.empty()) {
    std::size_t length = find_newline(chunk.substr(0, max_line_ + std::size_t{1}));
    if (length != no_newline) {
      emit(chunk.substr(0, length), LineEnd::newline, sink);
      chunk.remove_prefix(length + 1);
    } else if (chunk.size() > max_line_) {
      length = cut_point(chunk, max_line_);
      emit(chunk.substr(0, length), LineEnd::cut, sink);
      chunk.remove_prefix(length);
    } else {
      carry_ = chunk;
      return;
    }
  }
}

/// No line in `chunk` can be too long, so there is no need to look at each of them here.
void Framer::feed_short(std::string_view chunk, LineSink& sink) {
  if (chunk.empty()) return;
  const void* last = ::memrchr(chunk.data(), '\n', chunk.size());
  if (last != nullptr) {
    const auto size = static_cast<std::size_t>(static_cast<const char*>(last) - chunk.data()) + 1;
    open_ = false;
    sink.on_lines(chunk.substr(0, size));
    chunk.remove_prefix(size);
  }
  carry_ = chunk;
}

/// Takes from `chunk` what the carried line still needs, its end or its next cut; returns the rest.
std::string_view Framer::complete_carry(std::string_view chunk, LineSink& sink) {
  std::string_view window = chunk.substr(0, max_line_ + std::size_t{1} - carry_.size());
  std::size_t length = find_newline(window);
  if (length != no_newline) {
    carry_.append(window.substr(0, length));
    emit(carry_, LineEnd::newline, sink);
    clear_carry();
    return chunk.substr(length + 1);
  }
  carry_.append(window);
  if (carry_.size() > max_line_) {
    length = cut_point(carry_, max_line_);
    emit(std::string_view(carry_).substr(0, length), LineEnd::cut, sink);
    carry_.erase(0, length);
  }
  return chunk.substr(window.size());
}

void Framer::pause(LineSink& sink) {
  if (carry_.empty()) return;
  emit(carry_, LineEnd::pause, sink);
  clear_carry();
}

void Framer::finish(LineSink& sink) {
  // After a pause the carry is empty, but the reader was told that the line goes on: end it.
  if (idle()) return;
  emit(carry_, LineEnd::stream_end, sink);
  clear_carry();
}

void Framer::emit(std::string_view text, LineEnd end, LineSink& sink) {
  open_ = goes_on(end);
  sink.on_line(Line{text, end});
}

void Framer::clear_carry() { empty(carry_, kept_capacity); }

}  // namespace supd::log
