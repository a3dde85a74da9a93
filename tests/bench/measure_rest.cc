/// What supd costs while nothing happens, and while somebody asks: memory, wakeups, status.

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "tests/bench/bare.hpp"
#include "tests/bench/context.hpp"
#include "tests/bench/subject.hpp"

namespace supd::bench {
namespace {

double pss_with(const std::string& engine, std::size_t units, const std::string& rest, const std::string& line) {
  Subject supd(engine);
  supd.fleet(units, rest, line);
  supd.launch();
  static_cast<void>(supd.births().take(units));
  // Each line has been read and written when the counters say so.
  for (std::size_t i = 0; !line.empty() && i < units; ++i) {
    while (supd.status("u" + std::to_string(i)).log_lines == 0) ::usleep(1000);
  }
  double kb = supd.pss_kb();
  supd.stop();
  return kb;
}

/// Milliseconds for a whole process, the median of many.
double program_ms(const std::vector<std::string>& argv, std::size_t runs) {
  sys::UniqueFd nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  Words words(argv);
  std::vector<double> ms;
  for (std::size_t i = 0; i < runs; ++i) {
    std::uint64_t start = now_ns();
    bare_reap(bare_spawn(words.argv(), nothing.get()));
    ms.push_back(static_cast<double>(now_ns() - start) / 1e6);
  }
  return median(ms);
}

}  // namespace

void measure_memory(const Context& context) {
  std::size_t units = context.scaled(1000);
  std::string with = "with " + std::to_string(units) + " units";
  for (const auto& engine : context.engines) {
    double empty = pss_with(engine, 0, "", "");
    double silent = pss_with(engine, units, no_logs(), "");
    double logged = pss_with(engine, units, "", "one line of output");
    double each = (logged - empty) / static_cast<double>(units);
    context.report.add({"memory", "PSS, no units", engine, "KB", empty});
    context.report.add({"memory", "PSS " + with + ", no logs", engine, "KB", silent});
    context.report.add({"memory", "PSS " + with + ", output in file and memory", engine, "KB", logged});
    context.report.add({"memory", "PSS for each logged unit", engine, "KB", each});
  }
}

void measure_status(const Context& context) {
  std::size_t units = context.scaled(1000), runs = context.scaled(200);
  double floor = program_ms({"/bin/true"}, runs);
  for (const auto& engine : context.engines) {
    Subject supd(engine);
    supd.fleet(units, no_logs());
    supd.launch();
    static_cast<void>(supd.births().take(units));
    std::vector<std::string> all{supctl_program(), "--socket", supd.socket(), "status"}, one = all;
    one.emplace_back("u7");
    context.report.add(
        {"status", "supctl status of one unit (floor: true)", engine, "ms", program_ms(one, runs), floor});
    context.report.add(
        {"status", "supctl status of all " + std::to_string(units), engine, "ms", program_ms(all, runs), floor});
    supd.stop();
  }
}

void measure_idle(const Context& context) {
  std::size_t units = context.scaled(1000);
  unsigned seconds = context.quick ? 2 : 10;
  std::string during = ", " + std::to_string(units) + " units, " + std::to_string(seconds) + " s";
  for (const auto& engine : context.engines) {
    Subject supd(engine);
    supd.fleet(units, "");
    supd.launch();
    static_cast<void>(supd.births().take(units));
    ::sleep(1);
    // The threads that opened files end by themselves, and what they did would be missing afterwards.
    for (int i = 0; i < 100 && supd.threads() > 1; ++i) ::usleep(100'000);
    std::uint64_t wakeups = supd.wakeups();
    Duration cpu = supd.cpu();
    ::sleep(seconds);
    auto woken = static_cast<double>(supd.wakeups() - wakeups);
    auto used = std::chrono::duration<double, std::milli>(supd.cpu() - cpu).count();
    context.report.add({"idle", "wakeups" + during, engine, "", woken});
    context.report.add({"idle", "CPU" + during, engine, "ms", used});
    supd.stop();
  }
}

}  // namespace supd::bench
