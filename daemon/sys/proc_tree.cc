#include "daemon/sys/proc_tree.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <unordered_map>
#include <unordered_set>

#include "daemon/sys/directory.hpp"
#include "daemon/sys/pidfd.hpp"
#include "daemon/sys/small_file.hpp"

namespace supd::sys {
namespace {

constexpr std::size_t max_children_text = 4 * 1024 * 1024;

template <class Number>
bool take_number(std::string_view& text, Number& value) {
  std::size_t start = text.find_first_not_of(" \n");
  if (start == std::string_view::npos) return false;
  text.remove_prefix(start);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc{};
}

void skip_words(std::string_view& text, int count) {
  for (; count > 0; --count) {
    std::size_t start = std::min(text.find_first_not_of(' '), text.size());
    text.remove_prefix(std::min(text.find(' ', start), text.size()));
  }
}

std::optional<pid_t> pid_of(const char* name) {
  std::string_view text(name);
  pid_t pid = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (error != std::errc{} || end != text.data() + text.size() || pid <= 0) return std::nullopt;
  return pid;
}

std::string proc_path(pid_t pid, const char* file) { return "/proc/" + std::to_string(pid) + "/" + file; }

/// One read(2): the kernel makes the text of stat in one piece, and it is shorter than this.
std::optional<ProcessInfo> read_stat_at(BorrowedFd directory, const char* path) {
  UniqueFd file(::openat(directory.get(), path, O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return std::nullopt;
  std::array<char, 1024> text;
  ssize_t got = ::read(file.get(), text.data(), text.size());
  if (got <= 0) return std::nullopt;  // ESRCH: it went away in between
  return parse_process_stat({text.data(), static_cast<std::size_t>(got)});
}

/// Children belong to the thread that forked them, or that inherited them: all threads are asked.
Result<std::vector<pid_t>> children_by_thread() {
  auto threads = Directory::open(working_directory, "/proc/self/task");
  if (!threads) return std::unexpected(threads.error());
  std::vector<pid_t> children;
  while (const dirent* thread = threads->next()) {
    std::string path = std::string(thread->d_name) + "/children";
    auto text = read_small_file(threads->fd(), path.c_str(), max_children_text);
    if (!text) return std::unexpected(text.error());
    std::string_view rest(*text);
    pid_t pid = 0;
    while (take_number(rest, pid)) children.push_back(pid);
  }
  return children;
}

}  // namespace

bool proc_available() {
  std::array<char, 32> target{};
  ssize_t length = ::readlink("/proc/self", target.data(), target.size() - 1);
  return length > 0 && pid_of(target.data()) == ::getpid();
}

std::optional<ProcessInfo> parse_process_stat(std::string_view text) {
  ProcessInfo info;
  std::size_t name_end = text.rfind(')');  // the name ends with the last one
  if (name_end == std::string_view::npos || name_end + 3 > text.size()) return std::nullopt;
  std::string_view number = text;
  if (!take_number(number, info.id.pid)) return std::nullopt;
  info.state = text[name_end + 2];
  text.remove_prefix(name_end + 3);
  if (!take_number(text, info.parent) || !take_number(text, info.group)) return std::nullopt;
  if (!take_number(text, info.session)) return std::nullopt;
  skip_words(text, 15);  // fields 7 to 21: tty_nr to itrealvalue
  if (!take_number(text, info.id.start_ticks)) return std::nullopt;
  return info;
}

std::optional<ProcessInfo> read_process(pid_t pid) {
  return read_stat_at(working_directory, proc_path(pid, "stat").c_str());
}

Result<std::vector<ProcessInfo>> snapshot_processes() {
  if (!proc_available()) return std::unexpected(errno_error("read", "/proc", ENOENT));
  auto list = Directory::open(working_directory, "/proc");
  if (!list) return std::unexpected(list.error());
  std::vector<ProcessInfo> all;
  while (const dirent* entry = list->next()) {
    if (all.size() >= max_snapshot) break;
    if (!pid_of(entry->d_name)) continue;
    std::string path = std::string(entry->d_name) + "/stat";
    if (auto info = read_stat_at(list->fd(), path.c_str())) all.push_back(*info);
  }
  std::ranges::sort(all, {}, &ProcessInfo::id);
  return all;
}

Result<std::vector<pid_t>> own_children() {
  if (auto children = children_by_thread()) return children;
  auto all = snapshot_processes();
  if (!all) return std::unexpected(all.error());
  std::vector<pid_t> children;
  for (const ProcessInfo& process : *all) {
    if (process.parent == ::getpid()) children.push_back(process.id.pid);
  }
  return children;
}

std::vector<ProcessInfo> descendants_of(const std::vector<ProcessInfo>& snapshot, const std::vector<pid_t>& roots) {
  std::unordered_multimap<pid_t, const ProcessInfo*> by_parent;
  std::unordered_map<pid_t, const ProcessInfo*> by_pid;
  for (const ProcessInfo& process : snapshot) {
    by_parent.emplace(process.parent, &process);
    by_pid.emplace(process.id.pid, &process);
  }
  std::unordered_set<pid_t> seen(roots.begin(), roots.end());
  std::vector<pid_t> open(roots);
  std::vector<ProcessInfo> found;
  while (!open.empty()) {
    pid_t pid = open.back();
    open.pop_back();
    auto self = by_pid.find(pid);
    if (self != by_pid.end() && !self->second->zombie()) found.push_back(*self->second);
    auto [child, end] = by_parent.equal_range(pid);
    for (; child != end; ++child) {
      if (seen.insert(child->second->id.pid).second) open.push_back(child->second->id.pid);
    }
  }
  return found;
}

std::optional<std::string> environment_value(pid_t pid, std::string_view name) {
  auto text = read_small_file(working_directory, proc_path(pid, "environ").c_str(), max_environ);
  if (!text) return std::nullopt;
  std::string wanted = '\0' + std::string(name) + '=';
  text->insert(text->begin(), '\0');
  std::size_t at = text->find(wanted);
  if (at == std::string::npos) return std::nullopt;
  at += wanted.size();
  return text->substr(at, text->find('\0', at) - at);
}

int signal_process(ProcessId process, int signal) {
  UniqueFd directory(::open(("/proc/" + std::to_string(process.pid)).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return errno == ENOENT ? ESRCH : errno;
  auto now = read_stat_at(directory.borrow(), "stat");
  if (!now || now->id != process) return ESRCH;
  int error = pidfd_send_signal(directory.borrow(), signal);
  if (error != EBADF && error != EINVAL) return error;
  // A kernel that wants a real pidfd. If the directory still answers, nobody else had the number meanwhile.
  auto pidfd = pidfd_open(process.pid);
  if (!pidfd) return pidfd.error().code;
  if (!read_stat_at(directory.borrow(), "stat")) return ESRCH;
  return pidfd_send_signal(pidfd->borrow(), signal);
}

}  // namespace supd::sys
