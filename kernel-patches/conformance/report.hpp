// SPDX-License-Identifier: GPL-2.0-only
#pragma once

/// What the program prints: TAP version 13, or one JSON document. Every line goes out at once.

#include <chrono>
#include <string>
#include <string_view>

#include "suite.hpp"

namespace conformance {

class Report {
 public:
  Report(bool json, std::size_t count);

  void comment(std::string_view text);
  void add(const Item& item, const Outcome& outcome, std::chrono::milliseconds took);
  /// The closing lines.
  void end();

  std::size_t failed() const { return failed_; }

 private:
  void add_tap(const Check& check, const Outcome& outcome, std::chrono::milliseconds took) const;
  void add_json(const Item& item, const Outcome& outcome, std::chrono::milliseconds took);

  bool json_;
  std::size_t number_ = 0;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
  std::size_t not_supported_ = 0;
  std::string comments_;
};

/// A string literal of JSON (and of YAML, which takes the same). Bytes that are not ASCII become \u00XX.
std::string quoted(std::string_view text);

}  // namespace conformance
