#pragma once

/// One load from the disk, whole or in part.

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "config/host/host.hpp"
#include "config/load.hpp"
#include "config/load/assembler.hpp"
#include "config/load/documents.hpp"
#include "config/load/scan.hpp"

namespace supd::config {

class Loader {
 public:
  explicit Loader(const LoadRequest& request);

  // One call in the life of a loader.
  [[nodiscard]] Loaded load_all();
  /// Reads only what changed since `previous`. Nothing when that is not possible: more than the units of the changed
  /// files may be different.
  [[nodiscard]] std::optional<Loaded> load_changed();

 private:
  [[nodiscard]] bool same_files() const;
  [[nodiscard]] std::vector<bool> changed_files() const;
  /// The units that these files have a say in; nothing when others may feel it too.
  [[nodiscard]] std::optional<std::unordered_set<std::string>> units_of(const std::vector<bool>& changed) const;
  [[nodiscard]] bool redefines(const std::vector<bool>& read) const;

  void read_text(std::uint32_t file, const FoundFile& found);
  void add_given();
  void read_state(Loaded& loaded);
  void fill_files(Loaded& loaded);
  [[nodiscard]] Loaded finish(Loaded loaded);

  const LoadRequest& request_;
  Trust trust_;
  Host host_;
  Sources sources_;
  DiagnosticList list_;
  Documents documents_{sources_, list_};
  Assembler assembler_;
  Scan scan_;
  std::vector<FileInfo> infos_;  ///< of `sources_`, as far as they were read here
};

}  // namespace supd::config
