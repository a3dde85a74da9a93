/// supd_bench: measures supd against what the kernel itself needs for the same, in the same run.

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "tests/bench/context.hpp"
#include "tests/integration/program.hpp"

namespace supd::bench {
namespace {

constexpr std::array all_parts{
    Part{"core", "the core alone: 10 000 units loaded, started and reconfigured", measure_core},
    Part{"floor", "one process: clone, exec, reap, and nothing else", measure_floor},
    Part{"spawn", "sys::spawn with 10, 1000 and 10000 open fds", measure_spawn},
    Part{"restarts", "restarts per second of a unit that exits at once", measure_restarts},
    Part{"respawn", "from a kill to the next process, among 100 and 1000 units", measure_respawn},
    Part{"start", "start and stop of 100, 1000 and 4000 units", measure_start},
    Part{"memory", "PSS of supd, empty and with 1000 units", measure_memory},
    Part{"status", "supctl status of one unit and of 1000", measure_status},
    Part{"idle", "wakeups and CPU while nothing happens", measure_idle},
    Part{"logs", "output into files, beside other programs: MB/s, CPU per GB, lines lost", measure_logs},
    Part{"curve", "the same with 1 to 1000 writers", measure_log_curve},
    Part{"follow", "from the write of a line to supctl logs -f", measure_log_follow},
    Part{"flood", "memory after 1 GB and after 10 GB of output", measure_log_memory},
    Part{"load", "10000 unit files read and checked by a fresh process", measure_load},
    Part{"entry", "one program under supd, beside tini, dumb-init and catatonit", measure_entry},
    Part{"apply", "10000 unit files, of which one or all changed, taken over", measure_apply},
};

struct Options {
  std::vector<const Part*> parts;
  std::vector<std::string> engines;
  std::string json, only;
  bool quick = false, help = false;
};

void usage(std::FILE* to) {
  std::fprintf(
      to,
      "usage: supd_bench [--engine uring|epoll]... [--json FILE] [--quick] [--only TEXT] [PART]...\n\n"
      "Figures are medians; 'floor' is what a bare loop needed for the same in this run.\n"
      "--only: of logs and curve the rows with this text in their name.\n"
      "Programs measured: SUPD_BIN and SUPCTL_BIN, or those of this build; entry: also SUPD_STATIC_BIN, or that of\n"
      "build-static.\n\nParts (default: all):\n");
  for (const auto& part : all_parts) std::fprintf(to, "  %-10s %s\n", part.name.data(), part.what.data());
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    auto value = [&]() -> std::string {
      if (i + 1 >= argc) throw std::invalid_argument(std::string(word) + " needs a value");
      return argv[++i];
    };
    auto part = std::ranges::find(all_parts, word, &Part::name);
    if (word == "--help" || word == "-h") {
      options.help = true;
    } else if (word == "--quick") {
      options.quick = true;
    } else if (word == "--json") {
      options.json = value();
    } else if (word == "--only") {
      options.only = value();
    } else if (word == "--engine") {
      options.engines.push_back(value());
    } else if (part != all_parts.end()) {
      options.parts.push_back(part);
    } else {
      throw std::invalid_argument("there is no part '" + std::string(word) + "'");
    }
  }
  return options;
}

int run(const Options& options) {
  Report report;
  Context context{report, options.engines, options.quick, options.only};
  integration::adopt_orphans();
  if (context.engines.empty()) context.engines = {"uring", "epoll"};
  std::printf("%s%s\n\n", machine().c_str(), options.quick ? " (quick: not for the record)" : "");
  int status = 0;
  for (const auto& part : all_parts) {
    if (!options.parts.empty() && std::ranges::find(options.parts, &part) == options.parts.end()) continue;
    try {
      part.run(context);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "supd_bench: %s: %s\n", part.name.data(), error.what());
      status = 1;
      // What a part that broke off has left behind.
      static_cast<void>(integration::sweep_children());
    }
  }
  if (!options.json.empty()) std::ofstream(options.json) << report.json();
  return status;
}

}  // namespace
}  // namespace supd::bench

int main(int argc, char** argv) {
  try {
    supd::bench::Options options = supd::bench::parse(argc, argv);
    if (!options.help) return supd::bench::run(options);
    supd::bench::usage(stdout);
    return 0;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "supd_bench: %s\n", error.what());
    supd::bench::usage(stderr);
    return 2;
  }
}
