#include "tests/bench/subject.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "tests/bench/context.hpp"
#include "tests/bench/logs/load.hpp"

namespace supd::bench {
namespace {

std::string from_environment(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : fallback;
}

void wait_until_ready(int fd, const std::string& output) {
  pollfd ready{fd, POLLIN, 0};
  char byte = 0;
  if (::poll(&ready, 1, 60'000) != 1 || ::read(fd, &byte, 1) != 1) {
    throw std::runtime_error("supd did not start:\n" + integration::slurp(output));
  }
}

/// The number behind "NAME:" in a file of /proc.
std::uint64_t proc_number(const std::string& path, std::string_view name) {
  std::string text = integration::slurp(path);
  std::size_t at = text.find(std::string(name) + ":");
  if (at == std::string::npos) throw std::runtime_error(path + " has no " + std::string(name));
  return std::stoull(text.substr(at + name.size() + 1));
}

}  // namespace

std::string child_program() { return SUPD_BENCH_CHILD; }
std::string supctl_program() { return from_environment("SUPCTL_BIN", SUPD_BUILD_ROOT "/ctl/supctl"); }
std::string no_logs() { return "[log]\nto = ['none']\n"; }
std::string always_restart() { return "[restart]\npolicy = 'always'\ndelay = '0'\nlimit = 0\n"; }

Subject::Subject(std::string engine) : engine_(std::move(engine)), births_(scratch_.file("births")) {
  scratch_.write("units/.keep", "");
}

Subject::~Subject() {
  client_.reset();
  if (!process_) return;
  process_->signal(SIGTERM);
  static_cast<void>(process_->wait(30s));
}

void Subject::unit(const std::string& name, const std::string& toml) const {
  scratch_.write("units/" + name + ".toml", toml);
}

void Subject::fleet(std::size_t count, const std::string& rest, const std::string& line) const {
  std::string last = line.empty() ? "" : ", '" + line + "'";
  for (std::size_t i = 0; i < count; ++i) {
    std::string slot = std::to_string(i);
    unit("u" + slot, "command = ['" + child_program() + "', 'birth', '" + births_.path() + "', '" + slot + "'" + last +
                         "]\n" + rest);
  }
}

std::uint64_t Subject::launch() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  sys::UniqueFd reader(ends[0]), writer(ends[1]);
  std::string output = scratch_.file("supd.out");
  integration::ProgramOptions options{output, {{writer.get(), 3}}};
  std::string supd = from_environment("SUPD_BIN", SUPD_BUILD_ROOT "/daemon/supd");
  std::uint64_t start = now_ns();
  process_ = std::make_unique<integration::Program>(
      std::vector<std::string>{supd, "-c", scratch_.file("units"), "--socket", socket(), "--log-dir",
                               scratch_.file("logs"), "--state-dir", scratch_.file("state"), "--engine", engine_,
                               "--ready-fd", "3"},
      options);
  writer.reset();
  wait_until_ready(reader.get(), output);
  auto client = ctl::Client::connect(socket());
  if (!client) throw std::runtime_error(client.error().text);
  client_ = std::move(*client);
  return start;
}

Ended Subject::stop() {
  client_.reset();
  Duration cpu_before = cpu();
  std::uint64_t start = now_ns();
  process_->signal(SIGTERM);
  if (!process_->ends(60s)) throw std::runtime_error("supd does not stop");
  Ended ended{static_cast<double>(now_ns() - start) / 1e6, 0};
  // A zombie's clock still tells.
  ended.cpu_ms = std::chrono::duration<double, std::milli>(cpu() - cpu_before).count();
  auto exit = process_->wait(1s);
  process_.reset();
  if (!exit || exit->text() != "exited with 0") {
    throw std::runtime_error("supd ended badly:\n" + integration::slurp(scratch_.file("supd.out")));
  }
  return ended;
}

UnitStatus Subject::status(const std::string& unit) {
  proto::Params params;
  params.units = {unit};
  auto answer = client_->call("status", params);
  if (!answer) throw std::runtime_error(answer.error().text);
  auto all = answer->statuses();
  if (!all || all->size() != 1) throw std::runtime_error("no status of " + unit);
  return all->front();
}

Duration Subject::cpu() const { return cpu_of(process_->pid()); }

double Subject::pss_kb() const {
  return static_cast<double>(proc_number("/proc/" + std::to_string(process_->pid()) + "/smaps_rollup", "Pss"));
}

std::uint64_t Subject::threads() const {
  return proc_number("/proc/" + std::to_string(process_->pid()) + "/status", "Threads");
}

double Subject::peak_kb() const {
  return static_cast<double>(proc_number("/proc/" + std::to_string(process_->pid()) + "/status", "VmHWM"));
}

std::uint64_t Subject::wakeups() const {
  std::uint64_t sum = 0;
  std::string tasks = "/proc/" + std::to_string(process_->pid()) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks)) {
    sum += proc_number(task.path().string() + "/status", "voluntary_ctxt_switches");
  }
  return sum;
}

}  // namespace supd::bench
