#include "config/lint/shared_values.hpp"
#include "units/base/expand.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace supd::config {
namespace {

constexpr std::array<std::string_view, 1> port_options{"--port"};
constexpr std::array<std::string_view, 3> address_options{"--listen", "--bind", "--addr"};
constexpr std::array<std::string_view, 4> pidfile_options{"--pidfile", "--pid-file", "--pid-path", "--pid"};
constexpr std::array<std::string_view, 4> any_addresses{"0.0.0.0", "*", "::", "[::]"};

/// The value of the option at `at`, if it is one of these: "--port=N", or the next word.
std::optional<std::string_view> value_at(const std::vector<std::string>& command, std::size_t at,
                                         std::span<const std::string_view> options) {
  std::string_view word = command[at];
  for (std::string_view option : options) {
    if (!word.starts_with(option)) continue;
    std::string_view rest = word.substr(option.size());
    if (rest.starts_with('=')) return rest.substr(1);
    if (rest.empty() && at + 1 < command.size()) return command[at + 1];
  }
  return std::nullopt;
}

/// "8080" without zeros in front; nothing when it is no port.
std::optional<std::string> port_number(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || text.size() > 5 || !digits) return std::nullopt;
  return std::string(text);
}

void add(std::vector<Port>& ports, std::string_view key, std::string_view address, std::string_view number) {
  auto port = port_number(number);
  if (!port) return;
  if (std::ranges::find(any_addresses, address) != any_addresses.end()) address = {};
  auto same = [&](const Port& other) { return other.address == address && other.number == *port; };
  if (std::ranges::none_of(ports, same)) ports.push_back({key, std::string(address), std::move(*port)});
}

/// "ADDR:N", ":N" or "N"; a scheme in front ("tcp://") is passed over.
void add_address(std::vector<Port>& ports, std::string_view text) {
  std::size_t scheme = text.find("://");
  if (scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
  std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return add(ports, "command", {}, text);
  add(ports, "command", text.substr(0, colon), text.substr(colon + 1));
}

}  // namespace

std::vector<Port> ports_of(const UnitSpec& unit) {
  std::vector<Port> ports;
  for (const auto& [name, value] : unit.environment.values) {
    if (name == "PORT") add(ports, "env", {}, value);
  }
  constexpr std::size_t most = 16;  // who listens on more does so by other means; keeps this linear
  for (std::size_t i = 1; i < unit.command.size() && ports.size() < most; ++i) {
    if (auto number = value_at(unit.command, i, port_options)) add(ports, "command", {}, *number);
    if (auto address = value_at(unit.command, i, address_options)) add_address(ports, *address);
  }
  return ports;
}

std::string pidfile_of(const UnitSpec& unit) {
  for (std::size_t i = 1; i < unit.command.size(); ++i) {
    auto path = value_at(unit.command, i, pidfile_options);
    if (path && path->starts_with('/') && !has_references(*path)) return std::string(*path);
  }
  return {};
}

}  // namespace supd::config
