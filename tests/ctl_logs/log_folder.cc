#include "tests/ctl_logs/log_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "daemon/log/compress_file.hpp"
#include "daemon/log/format/json_format.hpp"
#include "daemon/log/format/text_format.hpp"

namespace supd::ctl::logs::test {

void LogFolder::write(std::string_view bytes) {
  std::filesystem::create_directories(scratch_.file("log"));
  std::ofstream(current(), std::ios::app | std::ios::binary) << bytes;
}

void LogFolder::print(std::int64_t time_us, std::string_view text, bool json) {
  log::Stamper stamper;
  std::string out;
  if (json) {
    log::append_json_record(out, stamper.text(time_us), "web", RunId{}, log::Stream::out, {text});
  } else {
    log::append_record(out, stamper.text(time_us), log::Stream::out, {text});
  }
  write(out);
}

void LogFolder::note(std::int64_t time_us, std::string_view text) {
  log::Stamper stamper;
  std::string out;
  log::append_note(out, stamper.text(time_us), text);
  write(out);
}

void LogFolder::rotate(std::int64_t time_us) {
  std::filesystem::rename(current(), path().closed(time_us, Compression::none));
  write("");
}

void LogFolder::compress(std::int64_t time_us, Compression form) {
  auto done = log::compress_file(form, path().closed(time_us, Compression::none));
  if (!done) FAIL() << done.error().text();
}

void LogFolder::remove(std::int64_t time_us) {
  for (Compression form : {Compression::none, Compression::gzip, Compression::zstd}) {
    std::filesystem::remove(path().closed(time_us, form));
  }
}

std::vector<std::string> texts(RecordStream& stream) {
  std::vector<std::string> out;
  for (proto::LogRecord record; stream.next(record);) out.push_back(record.text);
  return out;
}

std::vector<std::string> follow(UnitLog& log) {
  std::vector<std::string> out = texts(log);
  while (log.chain().look().value_or(false)) {
    for (std::string& text : texts(log)) out.push_back(std::move(text));
  }
  return out;
}

std::vector<std::string> numbers(int from, int to) {
  std::vector<std::string> out;
  for (; from <= to; ++from) out.push_back(std::to_string(from));
  return out;
}

}  // namespace supd::ctl::logs::test
