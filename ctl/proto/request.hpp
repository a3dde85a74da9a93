#pragma once

/// What a client asks: JSON-RPC 2.0 request objects, read strictly and written.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/proto/messages.hpp"

namespace supd::proto {

/// Everything that any method takes, see the table in messages.hpp. Unset: not given, or null.
struct Params {
  std::vector<std::string> units;  ///< empty: not given, or []
  std::optional<std::string> unit;
  std::optional<std::string> signal;     ///< "SIGHUP", "HUP", "1"
  std::optional<std::string> condition;  ///< "for" on the wire: ready | stopped | failed
  std::optional<std::string> key;
  std::optional<std::string> how;              ///< shutdown: exit | poweroff | reboot | halt
  std::optional<std::int64_t> timeout_ms;      ///< not negative
  std::optional<std::int64_t> lines;           ///< not negative
  std::optional<std::int64_t> watch_ready_ms;  ///< not negative
  std::optional<bool> wait;
  std::optional<bool> follow;
  std::optional<bool> brief;
  std::optional<bool> now;     ///< config.enable, config.disable: start or stop, too
  std::optional<bool> reveal;  ///< show: values that look secret, too
  std::optional<bool> toml;    ///< show: the unit file, too

  bool operator==(const Params&) const = default;
};

struct Request {
  bool has_id = false;           ///< false: the client wants no answer
  std::string id_json = "null";  ///< as it goes back: an integer, a string in quotes, or null
  std::string method;
  Params params;

  bool operator==(const Request&) const = default;
};

/// Reads one frame. A batch (an array), positional params, a nesting deeper than max_nesting, more
/// than max_patterns units, and values of the wrong type are refused with a message that says so; unknown
/// members are ignored. The fault carries the request's id where it could be read.
[[nodiscard]] std::expected<Request, RpcFault> parse_request(std::string_view frame);

/// Appends one frame, newline included, to `out`.
void write_request(std::string& out, std::int64_t id, std::string_view method, const Params& params = {});

}  // namespace supd::proto
