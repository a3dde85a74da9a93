// From the units as they are written to those that exist.

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "config/keys/key_index.hpp"
#include "config/keys/names.hpp"
#include "config/load.hpp"
#include "units/base/glob.hpp"

namespace supd::config {
namespace {

constexpr const char* replica_variable = "REPLICA";
constexpr std::string_view replica_reference = "${REPLICA}";

std::uint16_t key_place(std::string_view path) { return static_cast<std::uint16_t>(unit_key_index().find(path)); }

class Realizer {
 public:
  explicit Realizer(Loaded& loaded) : loaded_(loaded) {}

  void run() {
    loaded_.units.clear();
    loaded_.units.reserve(loaded_.declared.size());
    for (const Unit& unit : loaded_.declared) {
      auto said = loaded_.overrides.units.find(unit.spec->name);
      add(said != loaded_.overrides.units.end() ? with_override(unit, said->second) : unit);
      if (loaded_.units.size() > max_units) return too_many(*unit.spec);
    }
    // Without replicas every name is one that was written, and none of them twice.
    if (loaded_.units.size() != loaded_.declared.size()) find_twice();
    resolve_names();
  }

 private:
  /// The unit as people want it.
  Unit with_override(const Unit& unit, const Override& said) {
    auto spec = std::make_shared<UnitSpec>(*unit.spec);
    auto origins = std::make_shared<Origins>(*unit.origins);
    if (said.enabled) {
      spec->enabled = *said.enabled;
      note(*origins, "enabled");
    }
    bool can_be_many = spec->kind != Kind::target;
    if (said.replicas && can_be_many) {
      spec->replicas = *said.replicas;
      note(*origins, "replicas");
    }
    spec->masked = said.masked;
    return {std::move(spec), std::move(origins)};
  }

  /// Now the value comes from the overrides' file.
  void note(Origins& origins, std::string_view key) {
    std::uint16_t place = key_place(key);
    std::erase_if(origins.values, [place](const Origin& origin) { return origin.key == place; });
    auto file = std::ranges::find(loaded_.files, loaded_.overrides.file);
    if (file == loaded_.files.end()) {
      loaded_.files.push_back(loaded_.overrides.file);
      loaded_.infos.push_back({{}, FileRole::state, false});
      file = loaded_.files.end() - 1;
    }
    Origin origin{place, 0, static_cast<std::uint32_t>(file - loaded_.files.begin()), 0};
    auto after = [](const Origin& a, const Origin& b) { return a.key < b.key; };
    origins.values.insert(std::upper_bound(origins.values.begin(), origins.values.end(), origin, after), origin);
  }

  void add(Unit unit) {
    if (!unit.spec->replicas || unit.spec->kind == Kind::target) {
      loaded_.units.push_back(std::move(unit));
      return;
    }
    if (replica_name(*unit.spec, *unit.spec->replicas).size() > max_unit_name) {
      loaded_.add_error(unit.spec->where, "replicas",
                        "the names of its replicas would be longer than " + std::to_string(max_unit_name) + " bytes",
                        "give the unit a shorter name");
      return;
    }
    loaded_.units.push_back(set_of(unit));
    for (std::uint32_t i = 1; i <= *unit.spec->replicas; ++i) loaded_.units.push_back(replica_of(unit, i));
  }

  static std::string replica_name(const UnitSpec& spec, std::uint32_t number) {
    return spec.name + ":" + std::to_string(number);
  }

  /// The target that stands for all of them.
  static Unit set_of(const Unit& unit) {
    const UnitSpec& written = *unit.spec;
    auto spec = std::make_shared<UnitSpec>();
    spec->name = written.name;
    spec->description = written.description;
    spec->kind = Kind::target;
    spec->enabled = written.enabled;
    spec->masked = written.masked;
    spec->replicas = written.replicas;
    spec->where = written.where;
    for (std::uint32_t i = 1; i <= *written.replicas; ++i) {
      spec->depends.push_back({Relation::wants, replica_name(written, i), Condition::ready, written.where});
    }
    return {std::move(spec), unit.origins};
  }

  static Unit replica_of(const Unit& unit, std::uint32_t number) {
    auto spec = std::make_shared<UnitSpec>(*unit.spec);
    spec->name = replica_name(*unit.spec, number);
    spec->replica = number;
    spec->replicas.reset();
    std::string text = std::to_string(number);
    auto origins = unit.origins;
    auto& values = spec->environment.values;
    auto place = std::ranges::lower_bound(values, replica_variable, {}, &std::pair<std::string, std::string>::first);
    if (place != values.end() && place->first == replica_variable) {
      place->second = text;
    } else {
      origins = with_variable(*unit.origins, static_cast<std::size_t>(place - values.begin()));
      values.emplace(place, replica_variable, text);
    }
    put_number(spec->log.path, text);
    for (auto& [name, value] : values) put_number(value, text);
    return {std::move(spec), std::move(origins)};
  }

  /// What replicas can't share may name its owner. Commands and directories do so when they are executed.
  static void put_number(std::string& text, const std::string& number) {
    for (std::size_t at = 0; (at = text.find(replica_reference, at)) != std::string::npos; at += number.size()) {
      text.replace(at, replica_reference.size(), number);
    }
  }

  /// The origins when a variable that nobody wrote stands at that place.
  static std::shared_ptr<const Origins> with_variable(const Origins& written, std::size_t place) {
    auto origins = std::make_shared<Origins>(written);
    std::uint16_t env = key_place("env");
    for (Origin& origin : origins->values) {
      if (origin.key == env && origin.item >= place) ++origin.item;
    }
    return origins;
  }

  void too_many(const UnitSpec& unit) {
    loaded_.add_error(unit.where, "replicas", "there are more than " + std::to_string(max_units) + " units",
                      "no more can be supervised: write fewer replicas");
  }

  /// A replica may be called as a unit that was written.
  void find_twice() {
    names_.reserve(loaded_.units.size());
    for (const Unit& unit : loaded_.units) {
      if (names_.emplace(unit.spec->name, unit.spec.get()).second) continue;
      const UnitSpec& first = *names_.at(unit.spec->name);
      const UnitSpec& written = unit.spec->replica == 0 ? *unit.spec : first;
      loaded_.add_error(written.where, {}, "a replica is called " + in_quotes(unit.spec->name) + " too",
                        "rename this unit");
    }
  }

  /// Globs become the units that they match; a conflict with a set is one with each replica.
  void resolve_names() {
    for (Unit& unit : loaded_.units) {
      bool open = std::ranges::any_of(unit.spec->depends, [this](const Dependency& dependency) {
        return is_glob(dependency.unit) || is_conflict_with_set(dependency);
      });
      // names_ looks into the specs as they were.
      if (open) kept_.push_back(std::exchange(unit.spec, resolved(*unit.spec)));
    }
  }

  [[nodiscard]] bool is_conflict_with_set(const Dependency& dependency) const {
    if (dependency.relation != Relation::conflicts) return false;
    auto found = names_.find(dependency.unit);
    return found != names_.end() && found->second->replicas.value_or(0) > 0;
  }

  SpecPtr resolved(const UnitSpec& unit) {
    auto spec = std::make_shared<UnitSpec>(unit);
    spec->depends.clear();
    for (const Dependency& dependency : unit.depends) {
      if (is_glob(dependency.unit)) {
        add_matches(*spec, dependency);
      } else {
        spec->depends.push_back(dependency);
        if (is_conflict_with_set(dependency)) add_replicas(*spec, dependency);
      }
    }
    return spec;
  }

  void add_matches(UnitSpec& spec, const Dependency& dependency) {
    // "web*" means the set "web", not each of its replicas again; "web:*" means them.
    bool replicas_too = dependency.unit.find(':') != std::string::npos;
    std::size_t before = spec.depends.size();
    for (const Unit& other : loaded_.units) {
      if (other.spec->replica != 0 && !replicas_too) continue;
      if (other.spec->name == spec.name || !glob_matches(dependency.unit, other.spec->name)) continue;
      if (is_own_set(spec, *other.spec)) continue;
      spec.depends.push_back(dependency);
      spec.depends.back().unit = other.spec->name;
    }
    if (spec.depends.size() == before) {
      loaded_.add_warning(dependency.where, "depends." + std::string(word(dependency.relation)),
                          in_quotes(dependency.unit) + " matches no unit", "correct the pattern, or remove it");
    }
  }

  /// A replica is not to depend on the target that stands for it.
  static bool is_own_set(const UnitSpec& spec, const UnitSpec& other) {
    return spec.replica != 0 && other.replicas && spec.name.starts_with(other.name + ":");
  }

  void add_replicas(UnitSpec& spec, const Dependency& dependency) {
    const UnitSpec& set = *names_.at(dependency.unit);
    for (std::uint32_t i = 1; i <= set.replicas.value_or(0); ++i) {
      if (replica_name(set, i) == spec.name) continue;
      spec.depends.push_back(dependency);
      spec.depends.back().unit = replica_name(set, i);
    }
  }

  Loaded& loaded_;
  std::unordered_map<std::string_view, const UnitSpec*> names_;
  std::vector<SpecPtr> kept_;
};

}  // namespace

void realize(Loaded& loaded) { Realizer(loaded).run(); }

}  // namespace supd::config
