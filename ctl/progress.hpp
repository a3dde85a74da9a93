#pragma once

/// What is seen while supd works on units. On a terminal one live line per unit, painted over in
/// place; else a plain line for each change. Then one final line per unit, with the reason and with
/// what to type next when it failed.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/context.hpp"

namespace supd::ctl {

class Progress {
 public:
  /// With -o json and --quiet nothing is shown.
  explicit Progress(Context& context);

  void update(const proto::UnitProgress& progress);
  /// Paints the live lines if something changed since; call it when nothing is left to read.
  void paint();
  /// Takes the live lines away again.
  void clear();
  /// The final lines. `done_text` stands in for the state of units that went well; may be empty.
  void finish(std::span<const proto::UnitResult> results, std::string_view done_text = {});

 private:
  struct Row {
    std::string unit;
    State state = State::inactive;
    std::string text;  ///< "web: starting"
  };

  [[nodiscard]] Row& row(const std::string& unit);
  [[nodiscard]] std::size_t rows_that_fit() const;

  Context& context_;
  bool live_;
  bool shown_;
  bool changed_ = false;
  std::size_t painted_ = 0;  ///< lines on the terminal that are ours to paint over
  std::vector<Row> rows_;    ///< sorted by unit
};

}  // namespace supd::ctl
