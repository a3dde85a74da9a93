#pragma once

/// What tests of log files on a fake loop have in common.

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include "daemon/log/file_sink.hpp"
#include "daemon/log/format/rotated_name.hpp"
#include "tests/log/fake_loop.hpp"
#include "tests/log/support.hpp"

namespace supd::log {

/// Completes writes, and lets time pass for those that gather, until there are none. What they would have written.
inline std::string write_out(FakeLoop& loop) {
  std::string all;
  for (int i = 0; i < 10; ++i) {
    all += loop.complete_all();
    loop.advance(FileSink::gather_time);
  }
  return all;
}

/// Carries out the writes that are in flight, into their files, and those that follow. A record apart in time.
inline void carry_out_writes(FakeLoop& loop) {
  loop.advance(0s);
  while (!loop.writes.empty()) {
    const auto& write = loop.writes.front();
    ASSERT_EQ(::write(write.fd, write.bytes.data(), write.bytes.size()), static_cast<ssize_t>(write.bytes.size()));
    loop.complete();
    loop.advance(10ms);
    FakeWall::now_us += 10'000;
  }
}

/// The closed files of a folder's log, oldest first.
inline std::vector<std::string> closed_logs(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (parse_rotated(current_name, entry.path().filename().string())) out.push_back(entry.path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// One sink, which is gone once it has done its work, and what it told.
struct OwnedSink : FileEvents {
  void on_file_failed(const std::string&, const Error& error) override { failures.push_back(error); }
  void on_file_resumed(const std::string&) override { ++resumed; }
  void on_rotation_failed(const std::string&, const Error& error) override { failures.push_back(error); }
  void on_compress_failed(const std::string&, const Error& error) override { failures.push_back(error); }
  void on_file_done(FileSink&) override {
    ++done;
    sink.reset();
  }

  ScratchDirectory directory;
  FakeLoop loop;
  FileShared shared{loop, *this, FakeWall::read};
  Stamper stamper;
  std::vector<Error> failures;
  int resumed = 0, done = 0;
  std::unique_ptr<FileSink> sink;

 protected:
  ~OwnedSink() = default;
};

}  // namespace supd::log
