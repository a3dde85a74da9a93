/// One program under supd, beside tini, dumb-init and catatonit: each is PID 1 of a pid namespace of its own.

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <system_error>

#include "tests/bench/bare.hpp"
#include "tests/bench/births.hpp"
#include "tests/bench/context.hpp"
#include "tests/bench/logs/readers.hpp"
#include "tests/integration/scratch.hpp"

namespace supd::bench {
namespace {

struct Init {
  std::string name;
  std::vector<std::string> words;  ///< program and options; the command follows
  std::vector<double> start_us{}, gone_us{}, pss_kb{};
};

/// Where a child of fork(2) leaves a time for its parent.
class SharedTime {
 public:
  SharedTime() {
    void* memory = ::mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    value_ = static_cast<volatile std::uint64_t*>(memory);
    *value_ = 0;
  }
  ~SharedTime() { ::munmap(const_cast<std::uint64_t*>(value_), sizeof(std::uint64_t)); }
  SharedTime(const SharedTime&) = delete;
  SharedTime& operator=(const SharedTime&) = delete;
  void set_now() { *value_ = now_ns(); }
  [[nodiscard]] std::uint64_t get() const { return *value_; }

 private:
  volatile std::uint64_t* value_;
};

std::vector<Init> inits() {
  std::vector<Init> all;
  auto add = [&](const std::string& name, std::vector<std::string> words, const std::string& missing) {
    if (::access(words.front().c_str(), X_OK) == 0) {
      all.push_back({name, std::move(words)});
    } else {
      std::printf("  %s is left out: %s\n", name.c_str(), missing.c_str());
    }
  };
  const char* ordinary = std::getenv("SUPD_BIN");
  const char* fixed = std::getenv("SUPD_STATIC_BIN");
  add("supd", {ordinary != nullptr ? ordinary : SUPD_BUILD_ROOT "/daemon/supd", "--"}, "it is not built");
  add("supd, static", {fixed != nullptr ? fixed : SUPD_SOURCE_ROOT "/build-static/daemon/supd", "--"},
      "./bootstrap build --static makes it");
  for (const char* name : {"tini", "dumb-init", "catatonit"}) {
    std::string path = find_program(name);
    add(name, {path.empty() ? std::string("/usr/bin/") + name : path, "--"}, std::string("apt-get install ") + name);
  }
  all.push_back({"no init at all", {}});
  return all;
}

double pss_kb(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
  for (std::string word; file >> word;) {
    double kb = 0;
    if (word == "Pss:" && file >> kb) return kb;
  }
  return NAN;
}

/// Only what comes after the fork of this program, which is larger than any of the inits, is timed.
void once(Init& init, Births& births, SharedTime& start) {
  std::vector<std::string> words = init.words;
  for (const auto& word : {child_program(), std::string("birth"), births.path(), std::string("0")}) {
    words.push_back(word);
  }
  Words argv(words);
  long pid = ::syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "a pid namespace");
  if (pid == 0) {
    start.set_now();
    ::execv(argv.argv()[0], argv.argv());
    ::_exit(127);
  }
  auto born = births.take(1, 10s);
  init.start_us.push_back(static_cast<double>(born[0].time_ns - start.get()) / 1000);
  init.pss_kb.push_back(pss_kb(static_cast<pid_t>(pid)));
  std::uint64_t asked = now_ns();
  // Without an init the child is PID 1, to which a signal that it does not handle never comes.
  ::kill(static_cast<pid_t>(pid), init.words.empty() ? SIGKILL : SIGTERM);
  ::waitpid(static_cast<pid_t>(pid), nullptr, 0);
  init.gone_us.push_back(static_cast<double>(now_ns() - asked) / 1000);
}

void report(const Context& context, const std::vector<Init>& all, const std::string& what, const std::string& unit,
            std::vector<double> Init::*values) {
  double tini = NAN;
  for (const Init& init : all) {
    if (init.name == "tini") tini = median(init.*values);
  }
  for (const Init& init : all)
    context.report.add({"entry", what + ", " + init.name, "", unit, median(init.*values), tini});
}

/// What a build of supd may need, at most.
struct Limit {
  const char* name;
  double start_by_tini, pss_kb;
};
constexpr Limit limits[] = {{"supd", 4, 2048}, {"supd, static", 1.5, 1024}};

const Init* find(const std::vector<Init>& all, std::string_view name) {
  auto found = std::ranges::find(all, name, &Init::name);
  return found == all.end() ? nullptr : &*found;
}

void judge(const std::string& what, double value, double limit, const char* unit) {
  std::printf("  %s: %s, %.2f of at most %.2f %s\n", what.c_str(), value <= limit ? "reached" : "MISSED", value, limit,
              unit);
}

void judge(const std::vector<Init>& all) {
  const Init* tini = find(all, "tini");
  for (const Limit& limit : limits) {
    const Init* init = find(all, limit.name);
    if (init == nullptr) continue;
    if (tini != nullptr) {
      judge(init->name + ", start", median(init->start_us) / median(tini->start_us), limit.start_by_tini, "of tini's");
    }
    judge(init->name + ", PSS", median(init->pss_kb), limit.pss_kb, "KB");
  }
}

}  // namespace

void measure_entry(const Context& context) {
  if (::geteuid() != 0) throw std::runtime_error("a pid namespace of its own needs root");
  std::vector<Init> all = inits();
  integration::Scratch scratch;
  Births births(scratch.file("births"));
  SharedTime start;
  std::size_t rounds = context.scaled(500);
  for (std::size_t i = 0; i < rounds; ++i) {
    for (Init& init : all) once(init, births, start);
  }
  report(context, all, "start to exec (floor: tini)", "us", &Init::start_us);
  report(context, all, "PSS while the program runs", "KB", &Init::pss_kb);
  report(context, all, "SIGTERM until all are gone", "us", &Init::gone_us);
  judge(all);
}

}  // namespace supd::bench
