#include "daemon/log/format/text_format.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace supd::log {
namespace {

// By Stream, then by LineEnd.
constexpr std::array<std::array<std::string_view, 4>, 2> tags{{
    {" o ", " o+ ", " o+ ", " o. "},
    {" e ", " e+ ", " e+ ", " e. "},
}};

/// Writes records to memory that it makes room for in large steps.
class BlockWriter {
 public:
  BlockWriter(std::string& out, std::string_view stamp, std::string_view tag) : out_(out), size_(out.size()) {
    head_ = std::string(stamp);
    head_ += tag;
  }
  BlockWriter(const BlockWriter&) = delete;
  BlockWriter& operator=(const BlockWriter&) = delete;
  ~BlockWriter() { out_.resize(size_); }

  void expect(std::size_t bytes) {
    out_.resize_and_overwrite(size_ + bytes, [](char*, std::size_t size) { return size; });
  }

  void line(std::string_view text_and_newline, std::size_t still_to_come) {
    const std::size_t need = head_.size() + text_and_newline.size();
    if (out_.size() - size_ < need) expect(need + still_to_come * 2);
    char* to = out_.data() + size_;
    // A size that the compiler knows is worth half the time of the copy.
    if (head_.size() == usual_head) {
      std::memcpy(to, head_.data(), usual_head);
    } else {
      std::memcpy(to, head_.data(), head_.size());
    }
    std::memcpy(to + head_.size(), text_and_newline.data(), text_and_newline.size());
    size_ += need;
  }

 private:
  static constexpr std::size_t usual_head = stamp_size + 3;

  std::string& out_;
  std::string head_;
  std::size_t size_;  ///< of what is written; out_ is longer
};

}  // namespace

void append_record(std::string& out, std::string_view stamp, Stream stream, const Line& line) {
  out.append(stamp);
  out.append(tags[static_cast<std::size_t>(stream)][static_cast<std::size_t>(line.end)]);
  out.append(line.text);
  out.push_back('\n');
}

std::size_t append_lines(std::string& out, std::string_view stamp, Stream stream, std::string_view block) {
  BlockWriter writer(out, stamp, tags[static_cast<std::size_t>(stream)][static_cast<std::size_t>(LineEnd::newline)]);
  writer.expect(block.size() + block.size() / 2);
  std::size_t lines = 0;
  const char* end = block.data() + block.size();
  each_line(block, [&](std::string_view text) {
    const std::string_view with_newline(text.data(), text.size() + 1);
    writer.line(with_newline, static_cast<std::size_t>(end - text.data()) - with_newline.size());
    ++lines;
  });
  return lines;
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
