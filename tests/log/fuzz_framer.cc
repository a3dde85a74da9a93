/// libFuzzer target (built with -Dfuzz=true, clang): however bytes are split, the records are the same
/// and hold every byte, and formatting many at once makes the same of them as one by one. The first two bytes of the
/// input choose max_line and the size of the pieces.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "daemon/log/format/text_format.hpp"
#include "daemon/log/framer.hpp"

namespace {

using supd::log::Framer;
using supd::log::Line;
using supd::log::LineEnd;

constexpr std::string_view stamp = "2026-11-23T13:26:21.123456Z";

struct Pieces final : supd::log::LineSink {
  void on_line(const Line& line) override {
    if (line.text.size() > max_line || line.text.find('\n') != std::string_view::npos) std::abort();
    bytes += line.text;
    if (line.end == LineEnd::newline) bytes += '\n';
    ends.push_back(bytes.size());
    append_record(records, stamp, supd::log::Stream::out, line);
  }
  void on_lines(std::string_view block) override {
    std::string at_once;
    append_lines(at_once, stamp, supd::log::Stream::out, block);
    std::size_t before = records.size();
    LineSink::on_lines(block);
    if (records.substr(before) != at_once) std::abort();
  }
  std::size_t max_line = 0;
  std::string bytes;
  std::string records;
  std::vector<std::size_t> ends;
};

Pieces frame(std::string_view text, std::size_t max_line, std::size_t step) {
  Framer framer(max_line);
  Pieces out;
  out.max_line = max_line;
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) framer.feed(text.substr(0, step), out);
  framer.finish(out);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  std::size_t max_line = Framer::least_max_line + data[0] % 64;
  std::size_t step = 1 + data[1];
  text.remove_prefix(2);
  Pieces whole = frame(text, max_line, text.size() + 1);
  Pieces split = frame(text, max_line, step);
  if (whole.bytes != text || whole.ends != split.ends || whole.bytes != split.bytes || whole.records != split.records)
    std::abort();
  return 0;
}
