#include "tests/sys/spawned.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdlib>
#include <sstream>

#include "daemon/sys/directory.hpp"
#include "daemon/sys/fd_table.hpp"
#include "daemon/sys/small_file.hpp"

namespace supd::test {
namespace {

constexpr std::array<const char*, 1> empty_environment{nullptr};

/// What the daemon does first; else a fd that the test runner leaked would reach every child.
class CleanStart : public ::testing::Environment {
  void SetUp() override { sys::mark_inherited_fds_cloexec(); }
};
[[maybe_unused]] auto* const clean_start = ::testing::AddGlobalTestEnvironment(new CleanStart);

/// The text between the quotes that follow `key`, undoing the helper's two escapes.
std::string field(std::string_view line, std::string_view key) {
  std::size_t at = line.find(key);
  std::string out;
  if (at == std::string_view::npos) return out;
  for (at += key.size(); at < line.size() && line[at] != '"'; ++at) {
    if (line[at] == '\\') ++at;
    out += line[at];
  }
  return out;
}

}  // namespace

Pipe make_pipe() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {sys::UniqueFd(ends[0]), sys::UniqueFd(ends[1])};
}

std::string read_all(sys::BorrowedFd fd) {
  std::string text;
  std::array<char, 4096> buffer{};
  ssize_t got = 0;
  while ((got = ::read(fd.get(), buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

sys::Reaped wait_and_reap(pid_t pid) {
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  auto reaped = sys::reap(pid);
  EXPECT_TRUE(reaped.has_value()) << reaped.error().text();
  EXPECT_TRUE(reaped && reaped->has_value());
  return reaped && *reaped ? **reaped : sys::Reaped{};
}

Facts::Facts(std::string_view json_lines) {
  std::istringstream lines{std::string(json_lines)};
  std::string line;
  while (std::getline(lines, line)) {
    facts_[field(line, R"("fact":")")].emplace_back(field(line, R"("name":")"), field(line, R"("value":")"));
  }
}

const std::vector<std::pair<std::string, std::string>>& Facts::all(const std::string& fact) const {
  static const std::vector<std::pair<std::string, std::string>> none;
  auto found = facts_.find(fact);
  return found == facts_.end() ? none : found->second;
}

std::string Facts::one(const std::string& fact, const std::string& name) const {
  for (const auto& [key, value] : all(fact)) {
    if (key == name) return value;
  }
  return "(none)";
}

const char* inherited_program() { return INHERITED_PROGRAM; }

sys::SpawnRequest request_for(const std::vector<const char*>& argv) {
  sys::SpawnRequest request;
  request.argv = argv.data();
  request.envp = empty_environment.data();
  return request;
}

Facts facts_of(sys::SpawnRequest request) {
  std::array<const char*, 2> argv{inherited_program(), nullptr};
  if (request.argv == nullptr) request.argv = argv.data();
  if (request.envp == nullptr) request.envp = empty_environment.data();
  Pipe output = make_pipe();
  request.stdout_fd = output.write_end.get();
  auto spawned = sys::spawn(request);
  output.write_end.reset();
  if (!spawned) {
    ADD_FAILURE() << "spawn: " << spawned.error().text();
    return Facts("");
  }
  std::string report = read_all(output.read_end.borrow());
  EXPECT_EQ(wait_and_reap(spawned->pid).exit, (ExitStatus{ExitStatus::exited, 0}));
  return Facts(report);
}

Waiting::Waiting(sys::SpawnRequest request) {
  std::array<const char*, 3> argv{inherited_program(), "wait", nullptr};
  request.argv = argv.data();
  if (request.envp == nullptr) request.envp = empty_environment.data();
  Pipe input = make_pipe();
  Pipe output = make_pipe();
  request.stdin_fd = input.read_end.get();
  request.stdout_fd = output.write_end.get();
  auto spawned = sys::spawn(request);
  output.write_end.reset();
  if (!spawned) {
    ADD_FAILURE() << "spawn: " << spawned.error().text();
    return;
  }
  child_ = std::move(*spawned);
  input_ = std::move(input.write_end);
  char ready = 0;
  EXPECT_EQ(::read(output.read_end.get(), &ready, 1), 1) << "the helper did not come up";
}

Waiting::~Waiting() {
  end();
  if (child_.pid != 0) (void)reap();
}

sys::Reaped Waiting::reap() { return wait_and_reap(std::exchange(child_.pid, 0)); }

std::vector<int> open_fds() {
  auto list = sys::Directory::open(sys::working_directory, "/proc/self/fd");
  std::vector<int> fds;
  if (!list) return fds;
  while (const dirent* entry = list->next()) {
    int fd = std::atoi(entry->d_name);
    if (fd != list->fd().get()) fds.push_back(fd);
  }
  return fds;
}

}  // namespace supd::test
