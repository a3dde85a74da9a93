#pragma once

/// A directory of a test's own, gone when the test is.

#include <string>
#include <string_view>

namespace supd::integration {

class Scratch {
 public:
  Scratch();  ///< throws when no directory can be made
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
  /// Writes a file below it (folders on the way are made) and returns its path.
  std::string write(std::string_view name, std::string_view text) const;

 private:
  std::string path_;
};

/// A whole file; "" when there is none.
[[nodiscard]] std::string slurp(const std::string& path);

}  // namespace supd::integration
