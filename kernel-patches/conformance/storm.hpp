// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <chrono>
#include <random>

#include "suite.hpp"

namespace conformance {

/// The time and the chance of a storm. The seed is always the same: what varies is the kernel's timing.
class Storm {
 public:
  bool goes_on() const { return std::chrono::steady_clock::now() < until_; }
  unsigned below(unsigned bound) { return std::uniform_int_distribution<unsigned>(0, bound - 1)(random_); }

  /// Passes some hundred nanoseconds to some microseconds.
  void hesitate() {
    for (volatile unsigned i = below(4000); i > 0;) i = i - 1;
  }

 private:
  std::chrono::steady_clock::time_point until_ = std::chrono::steady_clock::now() + std::chrono::seconds(storm_seconds);
  std::mt19937 random_{20231107};
};

}  // namespace conformance
