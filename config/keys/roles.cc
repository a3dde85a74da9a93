#include "config/keys/sections.hpp"

namespace supd::config {
namespace {

void add_group(const Field& field, const Value& item, const std::string& name, RoleList& roles) {
  auto gid = field.host.group(name);
  if (!gid) {
    field.error_at(item, "can't look up group " + in_quotes(name) + ": " + gid.error().text(),
                   "write the number of the group");
  } else if (!*gid) {
    field.error_at(item, "there is no group " + in_quotes(name), "create it with groupadd, or write its number");
  } else {
    roles.gids.push_back(**gid);
  }
}

void add_user(const Field& field, const Value& item, const std::string& name, RoleList& roles) {
  auto user = field.host.user(name);
  if (!user) {
    field.error_at(item, "can't look up user " + in_quotes(name) + ": " + user.error().text(),
                   "write the number of the user");
  } else if (!*user) {
    field.error_at(item, "there is no user " + in_quotes(name),
                   "create it with useradd, write its number, or \"@GROUP\" for a group");
  } else {
    roles.uids.push_back((*user)->uid);
  }
}

}  // namespace

Shape roles_shape() {
  return list_shape(text_shape(std::string(any_text_pattern), {}),
                    "names or numbers in quotes; a group has an @ in front");
}

void read_roles(const Field& field, RoleList& roles) {
  auto names = read_texts(field);
  if (!names) return;
  for (std::size_t i = 0; i < names->size(); ++i) {
    const std::string& name = (*names)[i];
    const Value& item = field.value.items[i];
    if (name.starts_with('@')) {
      add_group(field, item, name.substr(1), roles);
    } else {
      add_user(field, item, name, roles);
    }
  }
  roles.names = std::move(*names);
}

}  // namespace supd::config
