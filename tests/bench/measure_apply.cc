/// Ten thousand unit files: read in a fresh process, and taken over when one or all of them changed.

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "tests/bench/bare.hpp"
#include "tests/bench/context.hpp"
#include "tests/bench/subject.hpp"

namespace supd::bench {
namespace {

std::string program(const char* variable, const char* fallback) {
  const char* given = std::getenv(variable);
  return given != nullptr ? given : fallback;
}

/// Units that start nothing, half of them with a dependency on the one before.
void write_units(const Subject& supd, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    std::string text = "description = 'unit number " + std::to_string(i) +
                       "'\nenabled = false\ncommand = ['/bin/sleep', '1000']\n[env]\nNUMBER = '" + std::to_string(i) +
                       "'\n[restart]\npolicy = 'always'\n";
    if (i % 2 == 1) text += "[depends]\nafter = ['u" + std::to_string(i - 1) + "']\n";
    supd.unit("u" + std::to_string(i), text);
  }
}

double ms_since(std::uint64_t start) { return static_cast<double>(now_ns() - start) / 1e6; }

/// A whole process, which has to end well.
double process_ms(const std::vector<std::string>& argv) {
  sys::UniqueFd nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  Words words(argv);
  std::uint64_t start = now_ns();
  bare_reap(bare_spawn(words.argv(), nothing.get()));
  return ms_since(start);
}

/// From the request to the answer, which has to say that `changed` units changed.
double apply_ms(Subject& supd, std::size_t changed) {
  std::uint64_t start = now_ns();
  auto id = supd.client().request("config.apply");
  if (!id) throw std::runtime_error(id.error().text);
  auto answer = supd.client().answer(*id, ctl::now() + 60s);
  if (!answer) throw std::runtime_error(answer.error().text);
  double ms = ms_since(start);
  auto report = answer->change();
  if (!report || report->counts.none != changed) throw std::runtime_error("another number of units changed");
  return ms;
}

/// One file, written anew each time.
void change_one(const Subject& supd, std::size_t run) {
  supd.unit("u7", "enabled = false\ncommand = ['/bin/sleep', '" + std::to_string(1000 + run) + "']\n");
}

}  // namespace

void measure_load(const Context& context) {
  std::size_t units = context.scaled(10'000), runs = context.scaled(10);
  Subject files("epoll");
  write_units(files, units);
  std::vector<double> ms;
  for (std::size_t i = 0; i < runs; ++i) {
    ms.push_back(
        process_ms({program("SUPD_BIN", SUPD_BUILD_ROOT "/daemon/supd"), "--check", files.scratch().file("units")}));
  }
  std::string all = std::to_string(units) + " unit files";
  context.report.add({"load", all + " loaded and checked, whole process", "", "ms", median(ms)});
}

void measure_apply(const Context& context) {
  std::size_t units = context.scaled(10'000), runs = context.scaled(10);
  std::string of = " of " + std::to_string(units) + " files changed";
  for (const auto& engine : context.engines) {
    Subject supd(engine);
    write_units(supd, units);
    supd.launch();
    std::vector<double> whole, server, all;
    for (std::size_t i = 0; i < runs; ++i) {
      change_one(supd, 2 * i);
      whole.push_back(
          process_ms({program("SUPCTL_BIN", SUPD_BUILD_ROOT "/ctl/supctl"), "--socket", supd.socket(), "apply"}));
      change_one(supd, 2 * i + 1);
      server.push_back(apply_ms(supd, 1));
    }
    for (std::size_t i = 0; i < 3; ++i) {
      // What is written there is everybody's, so that all files are read again.
      supd.unit("supd", "[defaults]\ndirectory = '/" + std::string(i, '/') + "'\n");
      all.push_back(apply_ms(supd, units));
    }
    context.report.add({"apply", "supctl apply, one" + of, engine, "ms", median(whole)});
    context.report.add({"apply", "the server's share of that", engine, "ms", median(server)});
    context.report.add({"apply", "request to answer, all" + of, engine, "ms", median(all)});
    supd.stop();
  }
}

}  // namespace supd::bench
