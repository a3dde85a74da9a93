#pragma once

/// The figures of a run: collected, printed as a table, written as JSON.

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace supd::bench {

/// One line. `floor` is what the bare loop needed for the same in this run; NAN: there is no floor.
struct Figure {
  std::string part, what, engine, unit;
  double value = 0;
  double floor = NAN;
};

class Report {
 public:
  void add(Figure figure);
  [[nodiscard]] std::string json() const;

 private:
  std::string part_;  ///< of the last line printed
  std::vector<Figure> figures_;
};

/// The middle of the values (the mean of the two in the middle); 0 for none.
[[nodiscard]] double median(std::vector<double> values);
/// The value that `share` (0 to 1) of the values do not exceed.
[[nodiscard]] double percentile(std::vector<double> values, double share);

/// "cpu model, N cores, kernel, date": the header line.
[[nodiscard]] std::string machine();

}  // namespace supd::bench
