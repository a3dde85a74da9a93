#include "config/load.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "config/host/read_file.hpp"
#include "config/load/loader.hpp"

namespace supd::config {

std::vector<SpecPtr> Loaded::specs() const {
  std::vector<SpecPtr> specs;
  specs.reserve(units.size());
  for (const Unit& unit : units) specs.push_back(unit.spec);
  return specs;
}

const Unit* Loaded::find(std::string_view name) const {
  auto found = std::ranges::find_if(units, [name](const Unit& unit) { return unit.spec->name == name; });
  return found != units.end() ? &*found : nullptr;
}

void Loaded::add_error(SourcePos where, std::string key, std::string message, std::string hint) {
  ++errors;
  add(Severity::error, where, std::move(key), std::move(message), std::move(hint));
}

void Loaded::add_warning(SourcePos where, std::string key, std::string message, std::string hint) {
  add(Severity::warning, where, std::move(key), std::move(message), std::move(hint));
}

void Loaded::add(Severity severity, SourcePos where, std::string key, std::string message, std::string hint) {
  if (diagnostics.size() >= max_diagnostics) {
    ++more;
    return;
  }
  std::string file = where.file < files.size() ? files[where.file] : std::string();
  auto text = where.line != 0 && !file.empty() ? read_regular_file(file) : Result<FileText>{};
  Source source(file, text ? std::string_view(text->text) : std::string_view());
  Source::Quote quote = where.line != 0 ? source.quote({where.line, where.column}) : Source::Quote{};
  diagnostics.push_back({severity, file, where.line, where.column, std::move(key), std::move(message), std::move(hint),
                         std::string(quote.text), quote.caret});
}

std::string Loaded::position_text(SourcePos where) const {
  if (where.line == 0 || where.file >= files.size()) return {};
  return files[where.file] + ":" + std::to_string(where.line);
}

Loaded load(const LoadRequest& request) {
  if (request.previous != nullptr) {
    if (auto loaded = Loader(request).load_changed()) return std::move(*loaded);
  }
  return Loader(request).load_all();
}

Loaded load_texts(std::span<const Text> texts, Surroundings& host) {
  Sources sources;
  DiagnosticList list;
  Documents documents(sources, list);
  Assembler assembler(documents, sources, list, host, nullptr);
  for (const Text& text : texts) {
    std::uint32_t file = sources.add(std::string(text.name));
    sources.give_text(file, std::string(text.text));
    FileRole role = text.drop_in_of.empty() ? FileRole::units : FileRole::drop_in;
    documents.read(file, {std::string(text.name), std::string(text.drop_in_of), 0, role});
  }
  Loaded loaded;
  assembler.make_all(loaded);
  for (std::uint32_t i = 0; i < sources.size(); ++i) loaded.files.emplace_back(sources.at(i).name());
  loaded.infos.resize(loaded.files.size());
  list.sort(sources);
  loaded.errors = list.errors;
  loaded.more = list.trim();
  loaded.diagnostics = std::move(list.kept);
  realize(loaded);
  return loaded;
}

Loaded load_text(std::string_view name, std::string_view text, Surroundings& host) {
  Text one{name, text, {}};
  return load_texts({&one, 1}, host);
}

std::vector<std::string> default_search_path() {
  if (::geteuid() == 0) return {"/etc/supd", "/run/supd/units", "/usr/lib/supd/units"};
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && config[0] == '/') return {std::string(config) + "/supd"};  // relative ones are ignored (XDG)
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return {std::string(home) + "/.config/supd"};
  return {};
}

}  // namespace supd::config
