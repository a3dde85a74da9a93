#include <charconv>

#include "config/keys/codecs.hpp"
#include "config/keys/sections.hpp"
#include "config/load/unit_rules.hpp"

namespace supd::config {
namespace {

constexpr std::uint32_t max_umask = 0777;

std::optional<std::uint32_t> parse_octal(std::string_view text) {
  std::uint32_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && value <= max_umask ? std::optional(value) : std::nullopt;
}

std::string octal(std::uint32_t value) {
  std::string out = "0";
  for (int shift = 6; shift >= 0; shift -= 3) out += static_cast<char>('0' + (value >> shift & 7U));
  return out;
}

/// A name, or a number with or without quotes.
std::optional<std::string> identity(const Field& field, const Value& part) {
  if (part.type == Value::Type::integer) return std::to_string(part.integer);
  auto text = read_text(field, part);
  if (!text) return std::nullopt;
  return text;
}

/// The user that run_as names; nothing when it is not to be had.
std::optional<User> find_user(const UnitPlaces& places, const std::string& name) {
  auto user = places.host().user(name);
  if (user && *user) return std::move(**user);
  if (!user) {
    places.error("run_as.user", "can't look up user " + in_quotes(name) + ": " + user.error().text(),
                 "write the number of the user, and the group too");
  } else {
    places.error("run_as.user", "there is no user " + in_quotes(name),
                 "create it with useradd, or write the number of a user");
  }
  return std::nullopt;
}

/// Without a list of its own a unit gets the groups of its user, as after a login: never supd's own.
void take_groups_of(const UnitPlaces& places, const User& user, RunAsSpec& run_as) {
  run_as.set_groups = true;
  if (!user.has_entry) return;
  auto groups = places.host().groups_of(user);
  if (groups) {
    run_as.gids = std::move(*groups);
  } else {
    places.error("run_as.user", "can't look up the groups of " + in_quotes(run_as.user) + ": " + groups.error().text(),
                 "write them down: groups = []");
  }
}

void take_user(const UnitPlaces& places, User user, RunAsSpec& run_as) {
  run_as.set_uid = true;
  run_as.uid = user.uid;
  run_as.home = user.home;
  run_as.shell = user.shell;
  bool groups_given = run_as.set_groups;
  if (run_as.set_gid) {
    user.gid = run_as.gid;
  } else if (user.has_entry) {
    run_as.set_gid = true;
    run_as.gid = user.gid;
  } else if (run_as.group.empty()) {
    places.error("run_as.user", "user " + in_quotes(run_as.user) + " has no entry that names its group",
                 "add to [run_as]: group = \"NAME\"");
    return;
  }
  if (!groups_given) take_groups_of(places, user, run_as);
}

std::optional<std::uint32_t> resolve_group(const UnitPlaces& places, std::string_view key, const std::string& name) {
  auto gid = places.host().group(name);
  if (gid && *gid) return **gid;
  if (!gid) {
    places.error(key, "can't look up group " + in_quotes(name) + ": " + gid.error().text(),
                 "write the number of the group");
  } else {
    places.error(key, "there is no group " + in_quotes(name),
                 "create it with groupadd, or write the number of a group");
  }
  return std::nullopt;
}

}  // namespace

Shape identity_shape() {
  return either_shape({text_shape(std::string(any_text_pattern), {}), {.form = Shape::Form::integer}},
                      "one that this machine has; a number needs no entry");
}

void read_identity(const Field& field, std::string& name) {
  auto text = identity(field, field.value);
  if (text) name = std::move(*text);
}

void read_identities(const Field& field, UnitSpec& unit) {
  if (field.value.type != Value::Type::array) {
    field.wrong_type(field.value, "a list of groups");
    return;
  }
  std::vector<std::string> names;
  for (const Value& item : field.value.items) {
    if (auto name = identity(field, item)) names.push_back(std::move(*name));
  }
  unit.run_as.groups = std::move(names);
  unit.run_as.set_groups = true;
}

std::string show_identities(const UnitSpec& unit) {
  // Groups that were taken over from the user are not listed: their names are nowhere written.
  const RunAsSpec& run_as = unit.run_as;
  bool listed = run_as.set_groups && run_as.gids.size() == run_as.groups.size();
  return listed ? show_list(run_as.groups) : std::string();
}

Shape umask_shape() { return text_shape("^0*[0-7]{1,3}$", "from \"0000\" to \"0777\""); }

void read_umask(const Field& field, UnitSpec& unit) {
  if (field.value.type == Value::Type::integer) {
    field.error("an octal number in quotes is wanted here", "write: umask = \"0022\"");
    return;
  }
  auto text = read_text(field, field.value);
  if (!text) return;
  auto mask = parse_octal(*text);
  if (!mask) {
    field.error(in_quotes(*text) + " is not an octal number from 0 to 0777", "write: umask = \"0022\"");
    return;
  }
  unit.run_as.umask = *mask;
  unit.run_as.set_umask = true;
}

std::string show_umask(const UnitSpec& unit) {
  return unit.run_as.set_umask ? toml_string(octal(unit.run_as.umask)) : std::string();
}

void resolve_run_as(const UnitPlaces& places, RunAsSpec& run_as) {
  if (!run_as.group.empty()) {
    auto gid = resolve_group(places, "run_as.group", run_as.group);
    run_as.set_gid = gid.has_value();
    run_as.gid = gid.value_or(0);
  }
  for (const std::string& name : run_as.groups) {
    if (auto gid = resolve_group(places, "run_as.groups", name)) run_as.gids.push_back(*gid);
  }
  if (run_as.user.empty()) return;
  if (auto user = find_user(places, run_as.user)) take_user(places, std::move(*user), run_as);
}

}  // namespace supd::config
