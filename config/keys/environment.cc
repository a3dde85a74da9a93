#include "config/keys/codecs.hpp"
#include "config/keys/names.hpp"
#include "config/keys/sections.hpp"

namespace supd::config {

Shape env_shape() {
  return table_shape(text_shape(std::string(any_text_pattern), {}), std::string(variable_name_pattern),
                     "names of letters, digits and _; each NAME=VALUE below 128 KiB");
}

void read_env(const Field& field, UnitSpec& unit) {
  if (field.value.type != Value::Type::table) {
    field.wrong_type(field.value, "a table of strings");
    return;
  }
  for (const Entry& entry : field.value.entries) {
    std::string path = "env." + entry.key;
    std::string example =
        entry.value.type == Value::Type::integer ? toml_string(std::to_string(entry.value.integer)) : "\"value\"";
    KeyInfo variable{path, field.key.type, example, field.key.help};
    if (!is_variable_name(entry.key)) {
      field.problems.error(entry.at, path, in_quotes(entry.key) + " can't be the name of a variable",
                           std::string(variable_name_rule));
      continue;
    }
    auto text = read_text(Field{variable, entry.value, field.problems, field.host}, entry.value);
    if (!text) continue;
    if (entry.key.size() + 1 + text->size() > max_argument) {
      field.problems.error(entry.value.at, path, "the variable is longer than the kernel takes",
                           "keep NAME=VALUE below 128 KiB: put the text into a file");
      continue;
    }
    unit.environment.values.emplace_back(entry.key, std::move(*text));
  }
}

std::string show_env(const UnitSpec& unit) {
  std::string out = "{";
  for (const auto& [name, value] : unit.environment.values) {
    out += (out.size() > 1 ? ", " : " ") + toml_key(name) + " = " + toml_string(value);
  }
  return out + (out.size() > 1 ? " }" : "}");
}

Shape env_files_shape() {
  return list_shape(text_shape("^-?/[^\\u0000]*$", {}), "absolute paths, each with a - in front or without");
}

void read_env_files(const Field& field, UnitSpec& unit) {
  auto paths = read_texts(field);
  if (!paths) return;
  for (std::size_t i = 0; i < paths->size(); ++i) {
    std::string_view path = (*paths)[i];
    if (path.starts_with('-')) path.remove_prefix(1);
    if (path.starts_with('/')) continue;
    field.error_at(field.value.items[i], in_quotes(path) + " is not an absolute path",
                   "write the whole path, with a / in front");
    return;
  }
  unit.environment.files = std::move(*paths);
}

Shape inherit_shape() {
  return either_shape({flag_shape(), list_shape(text_shape(std::string(variable_name_pattern), {}), {})},
                      "true: all of it; false: nothing; a list: these variables");
}

void read_inherit(const Field& field, UnitSpec& unit) {
  if (field.value.type == Value::Type::boolean) {
    unit.environment.inherit_all = field.value.boolean;
    return;
  }
  if (field.value.type != Value::Type::array) {
    field.wrong_type(field.value, "true, false or a list of names");
    return;
  }
  auto names = read_texts(field);
  if (!names) return;
  for (std::size_t i = 0; i < names->size(); ++i) {
    if (is_variable_name((*names)[i])) continue;
    field.error_at(field.value.items[i], in_quotes((*names)[i]) + " can't be the name of a variable",
                   std::string(variable_name_rule));
    return;
  }
  unit.environment.inherit_all = false;
  unit.environment.inherit = std::move(*names);
}

std::string show_inherit(const UnitSpec& unit) {
  const EnvironmentSpec& environment = unit.environment;
  if (environment.inherit_all) return "true";
  return environment.inherit.empty() ? "false" : show_list(environment.inherit);
}

}  // namespace supd::config
