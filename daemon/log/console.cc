#include "daemon/log/console.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "daemon/log/format/json_format.hpp"
#include "daemon/log/format/stamp.hpp"
#include "daemon/log/open_file.hpp"
#include "daemon/log/scratch.hpp"
#include "daemon/sys/terminal.hpp"
#include "units/base/visible.hpp"

namespace supd::log {
namespace {

constexpr std::size_t kept_capacity = 4096;

/// Red is left to errors.
constexpr std::array<std::string_view, 10> colours{"\033[36m", "\033[33m", "\033[32m", "\033[35m", "\033[34m",
                                                   "\033[96m", "\033[93m", "\033[92m", "\033[95m", "\033[94m"};
constexpr std::string_view plain = "\033[0m";

/// The same colour for a name in every run of supd: FNV-1a.
std::string_view colour_of(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return colours[hash % colours.size()];
}

std::string json_note(std::uint64_t lines) {
  std::string out;
  Stamper stamper;
  append_json_note(out, stamper.text(wall_clock_us()), own_name,
                   std::to_string(lines) + " lines dropped here: they could not be written");
  return out;
}

/// One file, pipe or terminal. What can't be looked at is taken for two.
bool leads_to_one_place(int one, int other) {
  struct stat first {};
  struct stat second {};
  return ::fstat(one, &first) == 0 && ::fstat(other, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool is_dumb() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

}  // namespace

Console::Look Console::look_of(sys::BorrowedFd fd) {
  bool terminal = sys::is_terminal(fd);
  return {terminal, terminal && !is_set("NO_COLOR") && !is_dumb(), false};
}

Console::Open::Open(io::Loop& loop, Way way)
    : look(way.look), outlet(std::move(way.fd), max_pending, look.json ? json_note : Outlet::plain_note) {
  outlet.attach(loop);
}

Console::Console(io::Loop& loop, Way out, std::optional<Way> errors) : out_(loop, std::move(out)) {
  if (errors) errors_.emplace(loop, std::move(*errors));
}

Console Console::of_stdio(io::Loop& loop, bool json) {
  auto way = [json](int fd) {
    Way made{open_outlet(fd), look_of(sys::BorrowedFd(fd))};
    made.look.json = json;
    return made;
  };
  if (leads_to_one_place(STDOUT_FILENO, STDERR_FILENO)) return Console(loop, way(STDOUT_FILENO));
  return Console(loop, way(STDOUT_FILENO), way(STDERR_FILENO));
}

bool Console::put(const SharedRecord& record) {
  Open& way = errors_ && record.origin == Origin::err ? *errors_ : out_;
  if (way.look.json) {
    format_json(record);
  } else {
    format_text(record, way.look);
  }
  bool taken = way.outlet.write(scratch_);
  empty(scratch_, kept_capacity);
  return taken;
}

void Console::format_text(const SharedRecord& record, const Look& look) {
  if (record.prefix) {
    if (look.colour) scratch_ += colour_of(record.unit);
    scratch_ += record.unit;
    if (record.origin == Origin::supd) {
      scratch_ += " - ";
    } else {
      scratch_ += record.goes_on ? " + " : " | ";
    }
    if (look.colour) scratch_ += plain;
  }
  if (look.terminal) {
    append_visible(scratch_, record.text);
  } else {
    scratch_ += record.text;
  }
  scratch_ += '\n';
}

void Console::format_json(const SharedRecord& record) {
  if (record.origin == Origin::supd) return append_json_note(scratch_, record.stamp, record.unit, record.text);
  Stream stream = record.origin == Origin::out ? Stream::out : Stream::err;
  Line line{record.text, record.goes_on ? LineEnd::cut : LineEnd::newline};
  append_json_record(scratch_, record.stamp, record.unit, record.run.run, stream, line);
}

}  // namespace supd::log
