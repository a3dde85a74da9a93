#include "daemon/log/own_log.hpp"

// Header-only, so that no shared library is loaded for it.
#undef SPDLOG_COMPILED_LIB
#undef SPDLOG_SHARED_LIB
#define SPDLOG_HEADER_ONLY
#define SPDLOG_FMT_EXTERNAL
#define FMT_HEADER_ONLY
#define SPDLOG_NO_THREAD_ID
#define SPDLOG_NO_ATOMIC_LEVELS
#define SPDLOG_NO_TLS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wswitch-enum"
#pragma GCC diagnostic ignored "-Wnull-dereference"
#include <spdlog/logger.h>
#include <spdlog/sinks/sink.h>
#pragma GCC diagnostic pop

#include <unistd.h>

#include <array>
#include <memory>
#include <string>

#include "daemon/log/open_file.hpp"
#include "daemon/log/outlet.hpp"
#include "units/base/visible.hpp"

namespace supd::log {
namespace {

constexpr std::size_t max_pending = 64 * 1024;

struct LevelInfo {
  Level level;
  std::string_view word;
  spdlog::level::level_enum spdlog_level;
  std::string_view prefix;
};

constexpr std::array<LevelInfo, 4> levels{{
    {Level::debug, "debug", spdlog::level::debug, "supd: debug: "},
    {Level::info, "info", spdlog::level::info, "supd: "},
    {Level::warn, "warn", spdlog::level::warn, "supd: warning: "},
    {Level::error, "error", spdlog::level::err, "supd: error: "},
}};

const LevelInfo& info_of(Level level) { return levels[static_cast<std::size_t>(level)]; }

const LevelInfo& info_of(spdlog::level::level_enum level) {
  for (const LevelInfo& info : levels) {
    if (info.spdlog_level == level) return info;
  }
  return levels.back();
}

class StderrSink final : public spdlog::sinks::sink {
 public:
  StderrSink() : outlet(open_outlet(STDERR_FILENO), max_pending) {}

  void log(const spdlog::details::log_msg& message) override {
    const LevelInfo& level = info_of(message.level);
    std::string_view text{message.payload.data(), message.payload.size()};
    if (tee != nullptr) tee->on_own_message(level.level, text);
    if (!to_stderr) return;
    std::string line(level.prefix);
    append_visible(line, text);
    line += '\n';
    outlet.write(line);
  }
  void flush() override {}
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

  Outlet outlet;
  OwnLogTee* tee = nullptr;
  bool to_stderr = true;
};

/// Lives as long as the program: the last words come from destructors of others.
struct OwnLog {
  std::shared_ptr<StderrSink> sink = std::make_shared<StderrSink>();
  spdlog::logger logger{"supd", sink};
};

OwnLog& own_log() {
  static auto& only = *new OwnLog;
  return only;
}

void write(Level level, std::string_view message) {
  own_log().logger.log(info_of(level).spdlog_level, spdlog::string_view_t(message.data(), message.size()));
}

}  // namespace

std::string_view word(Level level) { return info_of(level).word; }

std::optional<Level> level_of(std::string_view word) {
  for (const LevelInfo& info : levels) {
    if (info.word == word) return info.level;
  }
  return std::nullopt;
}

void set_level(Level level) { own_log().logger.set_level(info_of(level).spdlog_level); }
bool would_log(Level level) { return own_log().logger.should_log(info_of(level).spdlog_level); }

void debug(std::string_view message) { write(Level::debug, message); }
void info(std::string_view message) { write(Level::info, message); }
void warn(std::string_view message) { write(Level::warn, message); }
void error(std::string_view message) { write(Level::error, message); }

void attach(io::Loop& loop) { own_log().sink->outlet.attach(loop); }
void detach() { own_log().sink->outlet.detach(); }

void set_tee(OwnLogTee* tee, bool to_stderr) {
  own_log().sink->tee = tee;
  own_log().sink->to_stderr = to_stderr;
}

std::uint64_t own_log_dropped() {
  const StderrSink& sink = *own_log().sink;
  return sink.outlet.dropped() + (sink.tee != nullptr ? sink.tee->dropped() : 0);
}
bool own_log_idle() { return own_log().sink->outlet.idle(); }

}  // namespace supd::log
