#include "ctl/proto/change.hpp"

namespace supd::proto {

std::string counts_text(const ChangeCounts& counts) {
  std::string text;
  auto add = [&text](std::uint64_t count, const char* one, const char* many) {
    if (count == 0) return;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + (count == 1 ? one : many);
  };
  add(counts.restart, "restart", "restarts");
  add(counts.start, "start", "starts");
  add(counts.stop, "stop", "stops");
  add(counts.live, "changed while it runs", "changed while they run");
  add(counts.none, "changed for its next start", "changed for their next start");
  add(counts.unchanged, "unchanged", "unchanged");
  return text.empty() ? "no units" : text;
}

}  // namespace supd::proto
