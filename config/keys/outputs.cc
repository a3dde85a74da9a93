#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "config/keys/codecs.hpp"
#include "config/keys/sections.hpp"
#include "units/base/datagram_address.hpp"

namespace supd::config {
namespace {

enum Sink : std::size_t { file, memory, console, journal, syslog, none };
constexpr std::array<std::string_view, 6> sinks{"file", "memory", "console", "journal", "syslog", "none"};

constexpr std::array<std::string_view, 2> ready_words{"spawn", "exit"};
constexpr std::array<std::string_view, 5> later_ready_words{"notify", "fd", "probe", "log", "pidfile"};

/// Of the two families, and of paths; that an IPv6 address is one is checked when it is read.
constexpr std::string_view datagram_pattern =
    "^(unix:/[^\\u0000]{1,106}|udp:([0-9]{1,3}([.][0-9]{1,3}){3}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5})$";

bool is_known_to_kernel(const DatagramAddress& address) {
  in6_addr bytes{};
  return address.family != DatagramAddress::Family::ipv6 || ::inet_pton(AF_INET6, address.host.c_str(), &bytes) == 1;
}

}  // namespace

Shape SyslogAddress::shape() {
  return text_shape(std::string(datagram_pattern),
                    "\"unix:/PATH\", \"udp:A.B.C.D:PORT\" or \"udp:[IPv6]:PORT\"; no names of hosts");
}

std::optional<std::string> SyslogAddress::read(const Field& field) {
  auto text = read_text(field, field.value);
  if (!text) return text;
  auto address = parse_datagram_address(*text);
  if (address && is_known_to_kernel(*address)) return text;
  std::string_view why = address ? "has a host that is no IPv6 address" : address.error();
  field.error(in_quotes(*text) + " " + std::string(why),
              R"(write "unix:/dev/log", "udp:127.0.0.1:514" or "udp:[::1]:514")");
  return std::nullopt;
}

Shape SocketPath::shape() {
  Shape shape = text_shape(std::string(absolute_path_pattern), "with a / in front, at most 107 bytes");
  shape.low = 2;
  shape.high = max_socket_path;
  return shape;
}

std::optional<std::string> SocketPath::read(const Field& field) {
  auto path = read_text(field, field.value);
  if (!path) return path;
  auto address = parse_datagram_address("unix:" + *path);
  if (address) return path;
  field.error(in_quotes(*path) + " " + std::string(address.error()), field.example_hint());
  return std::nullopt;
}

Shape log_to_shape() { return list_shape(words_shape(sinks), words_in_quotes(sinks) + "; \"none\" stands alone"); }

void read_log_to(const Field& field, UnitSpec& unit) {
  if (field.value.type != Value::Type::array) {
    field.wrong_type(field.value, "a list");
    return;
  }
  std::array<bool, sinks.size()> chosen{};
  std::size_t good = 0;
  for (const Value& item : field.value.items) {
    auto sink = read_choice(field, item, sinks, {});
    if (!sink) continue;
    chosen[*sink] = true;
    ++good;
  }
  if (good != field.value.items.size()) return;
  if (chosen[none] && good > 1) {
    field.error("\"none\" stands beside other destinations", "write: to = [\"none\"], or leave \"none\" out");
    return;
  }
  unit.log.file = chosen[file];
  unit.log.memory = chosen[memory];
  unit.log.console = chosen[console];
  unit.log.journal = chosen[journal];
  unit.log.syslog = chosen[syslog];
}

std::string show_log_to(const UnitSpec& unit) {
  std::vector<std::string> to;
  if (unit.log.file) to.emplace_back(sinks[file]);
  if (unit.log.memory) to.emplace_back(sinks[memory]);
  if (unit.log.console) to.emplace_back(sinks[console]);
  if (unit.log.journal) to.emplace_back(sinks[journal]);
  if (unit.log.syslog) to.emplace_back(sinks[syslog]);
  if (to.empty()) to.emplace_back(sinks[none]);
  return show_list(to);
}

Shape ready_on_shape() {
  Shape shape = words_shape(ready_words);
  shape.bounds = "\"spawn\" for a service, \"exit\" for a task";
  return shape;
}

void read_ready_on(const Field& field, UnitSpec& unit) {
  // A service is ready once it is spawned, a task once it has exited. Nothing else is built, so there is
  // nothing to keep but that it was said; whether the word fits the kind is for check_unit().
  if (read_choice(field, field.value, ready_words, later_ready_words)) unit.ready_given = {true};
}

std::string show_ready_on(const UnitSpec& unit) {
  if (unit.kind == Kind::target) return {};
  return toml_string(ready_words[unit.kind == Kind::task ? 1 : 0]);
}

}  // namespace supd::config
