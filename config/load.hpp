#pragma once

/// Unit files and supd.toml to specs: the way into `config/`. Everything that is wrong in all files is
/// reported at once; a Loaded that is not ok() must not be used for anything but its diagnostics.
///
/// From a text to the units: `load/scan` finds the files, `text/` parses them, `load/layers` lays defaults,
/// template, file and drop-ins over each other, `keys/` reads the result into a spec, and `realize` makes the
/// units of it that exist: replicas, globs, what a person enabled or masked.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/daemon_config.hpp"
#include "config/host/surroundings.hpp"
#include "config/load/file_info.hpp"
#include "config/load/given.hpp"
#include "config/load/limits.hpp"
#include "config/load/origins.hpp"
#include "config/load/overrides.hpp"
#include "config/text/diagnostic.hpp"
#include "units/spec.hpp"

namespace supd::config {

/// A unit and where its values were written.
struct Unit {
  SpecPtr spec;
  std::shared_ptr<const Origins> origins;
};

struct Loaded {
  std::vector<Unit> units;     ///< what is to run, in the order of the files and of the lines in them
  std::vector<Unit> declared;  ///< as written: before replicas, globs and overrides
  DaemonConfig daemon;
  Overrides overrides;                  ///< what people enabled, masked and scaled
  std::vector<std::string> files;       ///< what SourcePos::file and Origin::file index
  std::vector<FileInfo> infos;          ///< of `files`
  std::vector<std::string> templates;   ///< names of templates, with their @
  std::vector<Diagnostic> diagnostics;  ///< at most max_diagnostics, in the order of `files`
  std::size_t errors = 0;               ///< of all, kept or not
  std::size_t more = 0;                 ///< diagnostics that were counted but not kept

  [[nodiscard]] bool ok() const { return errors == 0; }
  /// The units' specs, in order.
  [[nodiscard]] std::vector<SpecPtr> specs() const;
  /// The unit of that name in `units`, or nullptr.
  [[nodiscard]] const Unit* find(std::string_view name) const;

  /// Notes an error that somebody else found in the units, such as a cycle. Reads the file again for
  /// the offending line.
  void add_error(SourcePos where, std::string key, std::string message, std::string hint);
  void add_warning(SourcePos where, std::string key, std::string message, std::string hint);
  /// "FILE:LINE" of a position; "" when it is nowhere.
  [[nodiscard]] std::string position_text(SourcePos where) const;

 private:
  void add(Severity severity, SourcePos where, std::string key, std::string message, std::string hint);
};

struct LoadRequest {
  std::vector<std::string> paths;  ///< files, and directories of files NAME.toml; empty: the default search path
  std::string state_file;          ///< what people enabled, masked and scaled (overrides.hpp); empty: none
  std::optional<Overrides> overrides = {};  ///< instead of what `state_file` says, which is not read then
  Given given = {};                         ///< what no file says
  bool trust_all = false;                   ///< read what others may write, even as root
  bool look_at_machine = true;              ///< warn of what is missing on this machine
  /// What ran before: specs whose files did not change are taken from it and not read again. May be empty.
  std::shared_ptr<const Loaded> previous;
};

/// Blocks on the disk and on the name service. Safe to call from any thread.
[[nodiscard]] Loaded load(const LoadRequest& request);

/// A text in place of a file.
struct Text {
  std::string_view name;
  std::string_view text;
  std::string_view drop_in_of;  ///< "": a unit file
};

/// Reads texts as if they were files, without touching the machine.
[[nodiscard]] Loaded load_texts(std::span<const Text> texts, Surroundings& host = nowhere());

/// The same for one text.
[[nodiscard]] Loaded load_text(std::string_view name, std::string_view text, Surroundings& host = nowhere());

/// Fills `units` from `declared` and `overrides`: replicas (NAME:1 … and a target NAME that wants them all), globs in
/// dependencies, enabled and masked. Notes what can't be; touches no disk but for the lines of what it notes.
void realize(Loaded& loaded);

/// /etc/supd, /run/supd/units, /usr/lib/supd/units for root, $XDG_CONFIG_HOME/supd (else ~/.config/supd) for
/// others. Of files of one name the one that is found first counts.
[[nodiscard]] std::vector<std::string> default_search_path();

}  // namespace supd::config
