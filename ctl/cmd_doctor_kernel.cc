/// doctor --kernel: the quick checks of what the io_uring engine expects, in this process and without supd.

#include <string>
#include <vector>

#include "ctl/commands.hpp"
#include "ctl/findings.hpp"
#include "daemon/io/kernel/check.hpp"

namespace supd::ctl {
namespace {

proto::Finding finding_of(const kernel::Check& check, const kernel::Outcome& outcome) {
  std::string name(check.name), what(check.what);
  switch (outcome.verdict) {
    case kernel::Verdict::pass: return {name, true, what, ""};
    case kernel::Verdict::not_supported: return {name, false, "not supported: " + outcome.detail, ""};
    case kernel::Verdict::fail: break;
  }
  std::string advice = check.need == kernel::Need::vital ? "supd does not use io_uring here unless told to" : "";
  if (!check.fix.empty()) advice += (advice.empty() ? "" : "; ") + ("the kernel lacks " + std::string(check.fix));
  return {name, false, outcome.detail + "; expected: " + what, advice};
}

}  // namespace

/// Ends with `failed` when the kernel does something wrong. That it can't do something is no failure.
Ending run_doctor_kernel(Context& context) {
  std::vector<proto::Finding> findings;
  bool wrong = false;
  for (const kernel::Check& check : kernel::quick_checks()) {
    kernel::Outcome outcome = check.run();
    wrong = wrong || outcome.verdict == kernel::Verdict::fail;
    findings.push_back(finding_of(check, outcome));
  }
  show_findings(context, findings);
  return wrong ? Outcome::failed : Outcome::done;
}

}  // namespace supd::ctl
