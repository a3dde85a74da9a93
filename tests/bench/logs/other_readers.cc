/// What Debian has beside supd: s6-log and svlogd, one process per writer, and supervisord.

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "tests/bench/bare.hpp"
#include "tests/bench/logs/readers.hpp"
#include "tests/integration/program.hpp"

namespace supd::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view file_size = "10000000";

pid_t start(const std::vector<std::string>& words, int input, int output) {
  Words argv(words);
  pid_t pid = ::fork();
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid != 0) return pid;
  if (input >= 0) ::dup2(input, 0);
  if (output >= 0) ::dup2(output, 1);
  ::execv(argv.argv()[0], argv.argv());
  ::_exit(127);
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// Returns the CPU seconds that it took.
double reap(pid_t pid) {
  int status = 0;
  rusage used{};
  while (::wait4(pid, &status, 0, &used) < 0) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "wait4");
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error("a program of the benchmark failed");
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

/// A pipeline per writer: WRITER | LOGGER DIRECTORY.
class PerWriter final : public LogReader {
 public:
  struct Kind {
    std::string program, package;
    std::vector<std::string> arguments;  ///< before the directory
    std::string config;                  ///< file "config" in it; "": none
  };
  explicit PerWriter(Kind kind) : kind_(std::move(kind)) {}

  [[nodiscard]] std::string name() const override { return kind_.program; }
  [[nodiscard]] std::string missing() const override {
    return find_program(kind_.program).empty() ? "apt-get install " + kind_.package : "";
  }

  Reading read(const Load& load) override {
    integration::Scratch scratch;
    Births births(scratch.file("births"));
    Gate gate(scratch, births);
    std::vector<pid_t> writers, loggers;
    for (std::size_t i = 0; i < load.writers; ++i) {
      std::array<int, 2> ends{};
      if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
      sys::UniqueFd reader(ends[0]), writer(ends[1]);
      loggers.push_back(start(logger(scratch.file("logs/w" + std::to_string(i))), reader.get(), -1));
      writers.push_back(start(gate.command(load, i), -1, writer.get()));
    }
    gate.wait_for_all(load.writers);
    wait_until_quiet(loggers.back());
    Reading reading;
    for (pid_t logger : loggers) reading.cpu_seconds -= std::chrono::duration<double>(cpu_of(logger)).count();
    std::uint64_t begun = gate.open();
    for (pid_t writer : writers) reap(writer);
    for (pid_t logger : loggers) reading.cpu_seconds += reap(logger);
    reading.seconds = static_cast<double>(now_ns() - begun) / 1e9;
    reading.lines = lines_below(scratch.file("logs"));
    return reading;
  }

 private:
  [[nodiscard]] std::vector<std::string> logger(const std::string& directory) const {
    fs::create_directories(directory);
    if (!kind_.config.empty()) {
      sys::UniqueFd file(::open((directory + "/config").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
      if (::write(file.get(), kind_.config.data(), kind_.config.size()) < 0) throw std::runtime_error("no config");
    }
    std::vector<std::string> words{find_program(kind_.program)};
    words.insert(words.end(), kind_.arguments.begin(), kind_.arguments.end());
    words.push_back(directory);
    return words;
  }

  Kind kind_;
};

class Supervisord final : public LogReader {
 public:
  [[nodiscard]] std::string name() const override { return "supervisord"; }
  [[nodiscard]] std::string missing() const override {
    return find_program("supervisord").empty() ? "apt-get install supervisor" : "";
  }

  Reading read(const Load& load) override {
    integration::Scratch scratch;
    Births births(scratch.file("births"));
    Gate gate(scratch, births);
    fs::create_directories(scratch.file("logs"));
    std::string config = scratch.write("supervisord.conf", configuration(scratch, gate, load));
    integration::Program daemon({find_program("supervisord"), "-c", config}, {scratch.file("supervisord.out"), {}});
    gate.wait_for_all(load.writers);
    wait_until_quiet(daemon.pid());
    Duration cpu = cpu_of(daemon.pid());
    std::uint64_t begun = gate.open();
    gate.wait_for_ends(load.writers);
    std::uint64_t end = wait_until_written(scratch.file("logs"), load.total());
    Reading reading{.seconds = static_cast<double>(end - begun) / 1e9};
    reading.cpu_seconds = std::chrono::duration<double>(cpu_of(daemon.pid()) - cpu).count();
    reading.lines = lines_below(scratch.file("logs"));
    daemon.signal(SIGTERM);
    if (!daemon.wait(60s)) throw std::runtime_error("supervisord does not stop");
    return reading;
  }

 private:
  static std::string configuration(const integration::Scratch& scratch, const Gate& gate, const Load& load) {
    std::string out = "[supervisord]\nnodaemon=true\nuser=root\nloglevel=warn\nminfds=8192\nlogfile=" +
                      scratch.file("supervisord.log") + "\npidfile=" + scratch.file("supervisord.pid") + "\n";
    for (std::size_t i = 0; i < load.writers; ++i) {
      std::string name = "w" + std::to_string(i), command;
      for (const auto& word : gate.command(load, i)) command += (command.empty() ? "" : " ") + word;
      out += "[program:" + name + "]\ncommand=" + command +
             "\nstartsecs=0\nautorestart=false\nstdout_logfile_maxbytes=" + std::string(file_size) +
             "\nstdout_logfile_backups=1000\nstdout_logfile=" + scratch.file("logs/" + name) +
             "\nstderr_logfile=NONE\n";
    }
    return out;
  }
};

}  // namespace

std::string find_program(const std::string& name) {
  for (const char* directory : {"/usr/bin/", "/usr/local/bin/", "/bin/", "/usr/sbin/"}) {
    if (::access((directory + name).c_str(), X_OK) == 0) return directory + name;
  }
  return {};
}

std::unique_ptr<LogReader> s6_log_reader() {
  return std::make_unique<PerWriter>(
      PerWriter::Kind{"s6-log", "s6", {"-b", "--", "T", "n1000", "s" + std::string(file_size)}, ""});
}

std::unique_ptr<LogReader> svlogd_reader() {
  return std::make_unique<PerWriter>(
      PerWriter::Kind{"svlogd", "runit", {"-tt", "-b", "65536"}, "s" + std::string(file_size) + "\nn1000\n"});
}

std::unique_ptr<LogReader> supervisord_reader() { return std::make_unique<Supervisord>(); }

}  // namespace supd::bench
