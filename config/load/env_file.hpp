#pragma once

/// Environment files: lines NAME=VALUE, blank lines, and comments that begin with # or ;. A value
/// may stand in single or double quotes; in double quotes \" \\ \$ and \` lose their backslash.
/// Nothing is expanded, and "export " in front of a name is passed over.

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/host/surroundings.hpp"
#include "config/text/source.hpp"

namespace supd::config {

struct Variable {
  std::string name, value;
  Position at;
};
using Variables = std::vector<Variable>;

/// Appends the variables of the text; notes each bad line and goes on.
void read_env_text(Problems& problems, Variables& out);

/// Sorts by name; of several values of one name only the last stays.
void keep_last_values(Variables& variables);

/// The environment files of one load: each is read once, however many units name it, and what is wrong in it is noted
/// once. Borrows all.
class EnvFiles {
 public:
  EnvFiles(Surroundings& host, Sources& sources, DiagnosticList& list) : host_(host), sources_(sources), list_(list) {}

  struct File {
    std::uint32_t source = 0;
    Variables variables;
    std::optional<Error> error;  ///< it can't be read
  };
  [[nodiscard]] const File& read(const std::string& path);
  /// The number of a file that was read.
  [[nodiscard]] std::uint32_t source_of(const std::string& path) const { return files_.at(path).source; }

 private:
  Surroundings& host_;
  Sources& sources_;
  DiagnosticList& list_;
  std::unordered_map<std::string, File> files_;
};

}  // namespace supd::config
