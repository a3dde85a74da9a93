/// Prints how fast the stages are; asserts only that nothing was lost.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "daemon/log/format/stamp.hpp"
#include "daemon/log/format/text_format.hpp"
#include "daemon/log/framer.hpp"
#include "daemon/log/memory_ring.hpp"

namespace supd::log {
namespace {

constexpr std::size_t total = 256 * 1024 * 1024;
constexpr std::size_t read_size = 16 * 1024;

std::string lines_of(std::size_t length) {
  std::string out;
  while (out.size() < read_size * 64) out += std::string(length - 1, 'x') + "\n";
  return out;
}

/// Feeds `total` bytes in reads of 16 KiB; returns the bytes per second.
template <class Sink>
double feed(Sink& sink, std::size_t line_length) {
  std::string text = lines_of(line_length);
  Framer framer(64 * 1024);
  auto begin = std::chrono::steady_clock::now();
  for (std::size_t fed = 0; fed < total;) {
    for (std::size_t at = 0; at < text.size(); at += read_size) {
      sink.start();
      framer.feed(std::string_view(text).substr(at, read_size), sink);
      fed += std::min(read_size, text.size() - at);
    }
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return static_cast<double>(total) / took.count();
}

struct CountSink final : LineSink {
  void start() {}
  void on_line(const Line& line) override { bytes += line.text.size() + 1; }
  std::size_t bytes = 0;
};

struct FormatSink final : LineSink {
  void start() {
    if (out.size() > 64 * 1024) out.clear();
    stamp = stamper.text(wall_clock_us());
  }
  void on_line(const Line& line) override {
    append_record(out, stamp, Stream::out, line);
    bytes += line.text.size() + 1;
  }
  Stamper stamper;
  std::string_view stamp;
  std::string out;
  std::size_t bytes = 0;
};

struct RingSink final : LineSink {
  void start() {}
  void on_line(const Line& line) override {
    ring.append({1, 0, line.text});
    bytes += line.text.size() + 1;
  }
  MemoryRing ring{256 * 1024};
  std::size_t bytes = 0;
};

template <class Sink>
void measure(const char* name) {
  for (std::size_t length : {20U, 100U, 1000U}) {
    Sink sink;
    double speed = feed(sink, length);
    std::printf("  %-28s %5zu-byte lines: %7.0f MB/s, %5.1f ns per line\n", name, length, speed / 1e6,
                1e9 * static_cast<double>(length) / speed);
    EXPECT_GE(sink.bytes, total);
  }
}

TEST(Speed, Stages) {
  measure<CountSink>("framer");
  measure<FormatSink>("framer, stamp, format");
  measure<RingSink>("framer, memory ring");
}

}  // namespace
}  // namespace supd::log
