#include "ctl/logs/run_choice.hpp"

#include <algorithm>
#include <vector>

namespace supd::ctl::logs {
namespace {

/// A late word of a run stands behind the marker of the next one, so the start of a run is looked for this many
/// markers farther back.
constexpr int markers_of_others = 64;

constexpr std::size_t most_runs = 100'000;  ///< that are told apart, counted from the newest

/// Gathers the runs of a log, newest first.
class Search {
 public:
  Search(std::int64_t wanted, std::uint64_t current) : wanted_(wanted), current_(current) {}

  /// False: what was looked for is known.
  bool take(const Hit& hit) {
    const log::RunMark& mark = *hit.mark;
    bool is_new = std::ranges::find(runs_, mark) == runs_.end();
    if (is_new) runs_.push_back(mark);
    if (found_ && mark == choice_.mark) {
      choice_.from = hit.at;
      others_ = 0;
    } else if (found_) {
      return ++others_ < markers_of_others;
    } else if (is_new && is_wanted(mark)) {
      found_ = true;
      choice_ = {RunChoice::What::marked, mark, hit.at};
    }
    return runs_.size() < most_runs;
  }
  [[nodiscard]] bool saw_any() const { return !runs_.empty(); }
  [[nodiscard]] RunChoice choice() const { return found_ ? choice_ : RunChoice{.what = RunChoice::What::nothing}; }

 private:
  [[nodiscard]] bool is_wanted(const log::RunMark& mark) const {
    if (wanted_ > 0) return mark.run.value == static_cast<std::uint64_t>(wanted_);
    // A run that has not said anything yet is not in the log, and counts.
    auto place = static_cast<std::int64_t>(runs_.size()) - 1;
    bool silent = current_ != 0 && runs_.front().run.value != current_;
    return place + (silent ? 1 : 0) == -wanted_;
  }

  std::int64_t wanted_;
  std::uint64_t current_;
  std::vector<log::RunMark> runs_;
  RunChoice choice_;
  bool found_ = false;
  int others_ = 0;
};

}  // namespace

RunChoice choose_run(const FileChain& chain, const LineParser& parser, std::int64_t wanted, std::uint64_t current) {
  auto is_marker = [](const proto::LogRecord& record) { return mark_of(record).has_value(); };
  BackReader reader(chain, parser, {.fits = is_marker});
  Search search(wanted, current);
  for (Hit hit; reader.back(hit) && search.take(hit);) continue;
  if (search.saw_any()) return search.choice();
  bool is_it = wanted == 0 || (wanted > 0 && (current == 0 || static_cast<std::uint64_t>(wanted) == current));
  return {.what = is_it ? RunChoice::What::everything : RunChoice::What::nothing};
}

}  // namespace supd::ctl::logs
