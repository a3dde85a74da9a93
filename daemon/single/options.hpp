#pragma once

/// The command line and the environment of one-program mode.

#include <array>
#include <cstdint>
#include <expected>
#include <string>

#include "units/base/time.hpp"

namespace supd::single {

/// What becomes of each number from 0 to Size - 1: itself, unless told otherwise.
template <std::size_t Size>
class NumberMap {
 public:
  [[nodiscard]] int operator[](int from) const {
    auto to = to_[static_cast<std::size_t>(from)];
    return to == itself ? from : to;
  }
  [[nodiscard]] bool given(int from) const { return to_[static_cast<std::size_t>(from)] != itself; }
  void set(int from, int to) { to_[static_cast<std::size_t>(from)] = static_cast<std::int16_t>(to); }
  NumberMap() { to_.fill(itself); }

 private:
  static constexpr std::int16_t itself = -1;
  std::array<std::int16_t, Size> to_{};
};

struct Options {
  bool single_child = false;
  NumberMap<65> rewrite;  ///< of signals; 0: it is dropped
  NumberMap<256> remap;   ///< of exit codes
  int pdeathsig = 0;      ///< 0: none
  Duration grace{0};
  int verbose = 0;  ///< 0 to max_verbose
  bool pause = false;
  char* const* command = nullptr;  ///< nullptr with `pause`
};

inline constexpr int max_verbose = 2;

/// Whether this command line asks for one-program mode: there is a `--`, and before it nothing but options of
/// this mode; or there are only such options, and --pause among them. Anything else is for the supervising supd,
/// mistakes included.
[[nodiscard]] bool requested(int argc, char** argv);

/// Of a command line that requests the mode. The environment counts for options that are not on the command
/// line. Else a message that says what to type.
[[nodiscard]] std::expected<Options, std::string> parse(int argc, char** argv);

}  // namespace supd::single
