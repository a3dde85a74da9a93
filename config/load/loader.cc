#include "config/load/loader.hpp"

#include <algorithm>

#include "config/host/read_file.hpp"
#include "config/lint/lint.hpp"
#include "config/lint/lint_units.hpp"
#include "config/load/read_overrides.hpp"
#include "config/text/toml_reader.hpp"

namespace supd::config {

Loader::Loader(const LoadRequest& request)
    : request_(request),
      trust_(request.trust_all ? Trust::all : Trust::by_owner),
      host_(trust_),
      assembler_(documents_, sources_, list_, host_, request.look_at_machine ? lint_unit : nullptr) {
  bool search = request_.paths.empty();
  scan_ = scan(search ? default_search_path() : request_.paths, search, trust_, list_);
}

Loaded Loader::load_all() {
  for (const FoundFile& found : scan_.files) {
    infos_.push_back({{}, found.role, false});
    std::uint32_t file = sources_.add(found.path);
    read_text(file, found);
  }
  add_given();
  Loaded loaded;
  read_state(loaded);
  assembler_.make_all(loaded);
  for (std::uint32_t file : documents_.shared) infos_[file].shared = true;
  fill_files(loaded);
  return finish(std::move(loaded));
}

void Loader::read_text(std::uint32_t file, const FoundFile& found) {
  auto text = read_regular_file(found.path, trust_);
  if (!text) {
    list_.add({Severity::error, found.path, 0, 0, {}, text.error().text(), read_hint(text.error()), {}, 0});
    return;
  }
  infos_[file].stamp = text->stamp;
  sources_.give_text(file, std::move(text->text));
  documents_.read(file, found);
}

/// Beside the files, so that nobody looks for them on the disk.
void Loader::add_given() {
  auto read = [this](std::string name, std::string text) {
    std::uint32_t file = sources_.add(std::move(name));
    infos_.push_back({{}, FileRole::state, false});
    sources_.give_text(file, std::move(text));
    Problems problems(sources_.at(file), list_, &sources_);
    return read_toml(problems).value_or(Value{});
  };
  if (std::string below = settings_below(request_.given); !below.empty()) {
    documents_.lay_below_settings(read("what holds for PID 1", std::move(below)));
  }
  if (!request_.given.console_shell.empty()) {
    for (std::string_view name : {single_unit, emergency_unit}) {
      Value below = read("what holds for init", shell_below(request_.given, name));
      documents_.give_unit(name, std::move(below), std::nullopt);
    }
  }
  if (request_.given.command.empty()) return;
  Value below = read("what holds for the given command", main_below(request_.given));
  Value above = read("command line", main_above(request_.given));
  documents_.give_unit(Given::main_unit, std::move(below), std::move(above));
}

void Loader::read_state(Loaded& loaded) {
  if (request_.overrides) {
    loaded.overrides = *request_.overrides;
    return;
  }
  loaded.overrides.file = request_.state_file;
  if (request_.state_file.empty()) return;
  auto text = read_regular_file(request_.state_file, trust_);
  if (!text && text.error().code == ENOENT) return;
  std::uint32_t file = sources_.find_or_add(request_.state_file);
  infos_.resize(sources_.size());
  infos_[file].role = FileRole::state;
  if (!text) {
    list_.add({Severity::error, request_.state_file, 0, 0, {}, text.error().text(), read_hint(text.error()), {}, 0});
    return;
  }
  sources_.give_text(file, std::move(text->text));
  Problems problems(sources_.at(file), list_, &sources_);
  if (auto document = read_toml(problems)) read_overrides(problems, *document, loaded.overrides);
}

void Loader::fill_files(Loaded& loaded) {
  if (host_.asked_for_names()) {
    // When one of these changes, a name may mean another id.
    for (const char* path : {"/etc/passwd", "/etc/group"}) {
      std::uint32_t file = sources_.find_or_add(path);
      infos_.resize(sources_.size());
      infos_[file] = {stamp_of(path), FileRole::environment, true};
    }
  }
  infos_.resize(sources_.size());
  for (std::uint32_t i = 0; i < sources_.size(); ++i) {
    if (i >= loaded.files.size()) loaded.files.emplace_back(sources_.at(i).name());  // the others are those of before
    auto stamp = host_.stamp_of(loaded.files[i]);
    if (stamp) infos_[i] = {*stamp, FileRole::environment, false};
  }
  loaded.infos = infos_;
}

Loaded Loader::finish(Loaded loaded) {
  list_.sort(sources_);
  loaded.errors = list_.errors;
  loaded.more = list_.trim();
  loaded.diagnostics = std::move(list_.kept);
  realize(loaded);
  if (request_.look_at_machine && loaded.ok()) {
    lint_units(loaded.specs(), [&loaded](const UnitSpec&, SourcePos where, std::string_view key, std::string message,
                                         std::string hint) {
      loaded.add_warning(where, std::string(key), std::move(message), std::move(hint));
    });
  }
  return loaded;
}

}  // namespace supd::config
