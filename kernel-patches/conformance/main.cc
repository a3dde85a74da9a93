// SPDX-License-Identifier: GPL-2.0-only
/// Checks a running kernel for what supd's io_uring engine relies on.

#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>

#include "helper.hpp"
#include "isolate.hpp"
#include "kmsg.hpp"
#include "options.hpp"
#include "report.hpp"
#include "suite.hpp"

namespace conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

std::vector<Item> select(const Options& options) {
  std::vector<Item> selected;
  for (const Item& item : all_items()) {
    if (options.quick && item.pace != Pace::quick) continue;
    if (is_selected(options, std::string(item.check.name))) selected.push_back(item);
  }
  return selected;
}

void print_list(const std::vector<Item>& items) {
  for (const Item& item : items) {
    const char* pace = item.pace == Pace::quick ? "quick" : item.pace == Pace::slow ? "slow" : "storm";
    const char* need = item.check.need == Need::vital ? "vital" : "useful";
    std::printf("%-28s %-5s %-6s %s\n", item.check.name.data(), pace, need, item.check.what.data());
    if (!item.check.fix.empty()) std::printf("%-28s %12s needs %s\n", "", "", item.check.fix.data());
  }
}

Outcome run(const Item& item, const Options& options) {
  if (item.pace == Pace::quick) return item.check.run();
  return run_isolated(item.check, seconds(options.deadline + (item.pace == Pace::storm ? options.seconds : 0)));
}

void run_and_report(const Item& item, const Options& options, KernelLog& log, Report& report) {
  const auto start = steady_clock::now();
  Outcome outcome = run(item, options);
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
  reap_orphans();
  if (const std::string complaint = log.complaint(); !complaint.empty()) {
    if (!outcome.detail.empty()) outcome.detail += "; ";
    outcome.detail += "the kernel log says: " + complaint;
    outcome.verdict = Verdict::fail;
  }
  report.add(item, outcome, took);
}

/// Some checks need thousands of descriptors.
void raise_limits() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit more{std::max<rlim_t>(limit.rlim_max, 65536), std::max<rlim_t>(limit.rlim_max, 65536)};
  const rlimit most{limit.rlim_max, limit.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &more) != 0) ::setrlimit(RLIMIT_NOFILE, &most);
}

int run_all(const Options& options) {
  const std::vector<Item> items = select(options);
  if (options.list) return print_list(items), 0;
  if (items.empty()) return std::fputs("conformance: no check has such a name\n", stderr), 2;
  raise_limits();
  ::signal(SIGCHLD, SIG_DFL);  // ignored by whoever started us, it would keep children's ends from us
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  storm_seconds = options.seconds;
  KernelLog log(options.kmsg);
  Report report(options.json, items.size());
  kernel_log_error = log.error();
  if (!kernel_log_error.empty()) report.comment(kernel_log_error);
  for (const Item& item : items) run_and_report(item, options, log, report);
  report.end();
  return report.failed() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace conformance

int main(int count, char** words) {
  conformance::play_a_part(count, words);
  const conformance::Options options = conformance::parse_options(count, words);
  if (!options.error.empty()) {
    std::fprintf(stderr, "conformance: %s\n%s", options.error.c_str(), conformance::usage);
    return 2;
  }
  if (options.help) return std::fputs(conformance::usage, stdout), 0;
  return conformance::run_all(options);
}
