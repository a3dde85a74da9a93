#pragma once

/// The documentation of keys, made from the list of keys, for `supctl explain`.

#include <string>
#include <string_view>

namespace supd::config {

struct Explanation {
  bool found = true;
  std::string text;  ///< what to print, or what is wrong when nothing was found; ends with a newline
};

/// For people.
/// @param what  a key: all about it; a section ("restart") or a glob ("log.m*"): its keys in short; "": all keys
[[nodiscard]] Explanation explain(std::string_view what);

/// For programs: {"version":1,"keys":[…]}; when nothing is found, an object with "error".
[[nodiscard]] Explanation explain_json(std::string_view what);

}  // namespace supd::config
