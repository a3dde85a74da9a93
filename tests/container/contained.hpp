#pragma once

/// supd as PID 1 of a box (box.cc), with the unit files of a test.

#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/program.hpp"
#include "tests/integration/scratch.hpp"

namespace supd::container {

class Contained {
 public:
  /// Options of box.
  explicit Contained(std::vector<std::string> poverty = {}) : poverty_(std::move(poverty)) {}

  void file(std::string_view name, std::string_view text) const { scratch_.write(name, text); }
  [[nodiscard]] const integration::Scratch& scratch() const { return scratch_; }

  /// What starts the box and supd in it: `arguments` for supd, and what is not empty of `main` as a shell's script
  /// behind "--".
  [[nodiscard]] std::vector<std::string> command(const std::string& main,
                                                 const std::vector<std::string>& arguments = {}) const;
  /// Runs it to its end.
  [[nodiscard]] integration::Ran run(const std::string& main, const std::vector<std::string>& arguments = {}) const;

 private:
  std::vector<std::string> poverty_;
  integration::Scratch scratch_;
};

/// "" where boxes can be made, else why not.
[[nodiscard]] std::string missing_box();

/// What a shell calls supctl.
[[nodiscard]] std::string supctl();

/// How often `part` is in `text`.
[[nodiscard]] std::size_t count(std::string_view text, std::string_view part);

/// A service that says "up", and "stops" when it is told to.
inline constexpr const char* polite =
    "command = ['/bin/sh', '-c', 'trap \"echo stops; exit 0\" TERM; echo up; while :; do sleep 1000 & wait; done']\n";

}  // namespace supd::container
