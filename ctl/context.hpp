#pragma once

/// What a verb works with.

#include <string>
#include <string_view>

#include "ctl/client.hpp"
#include "ctl/failure.hpp"
#include "ctl/options.hpp"
#include "ctl/proto/values.hpp"
#include "ctl/text/output.hpp"
#include "ctl/text/terminal.hpp"

namespace supd::ctl {

struct Context {
  const Options& options;
  Output& out;        ///< stdout; flushed by run()
  Terminal terminal;  ///< of stdout

  [[nodiscard]] bool json() const { return options.format == Format::json; }
  [[nodiscard]] bool quiet() const { return options.quiet; }
  [[nodiscard]] Try<Client> connect() const { return Client::connect(options.socket); }
};

/// What a verb returns: its exit code, or why it could not be carried out.
using Ending = Try<Outcome>;

/// Version of everything that `-o json` prints; members are only ever added.
inline constexpr std::string_view json_head = "{\"version\":1,";

/// Writes one JSON text and a newline; on a terminal with what that would obey as \u escapes.
void print_json(Context& context, std::string_view json);

/// `{"version":1,"NAME":[...]}`, one object per item.
template <class Items>
[[nodiscard]] std::string json_list(std::string_view name, const Items& items) {
  std::string json(json_head);
  proto::append_json_string(json, name);
  json += ":[";
  bool first = true;
  for (const auto& item : items) {
    if (!first) json += ',';
    first = false;
    proto::append_json(json, item);
  }
  return json += "]}";
}

/// connect() and Client::call(): for verbs that ask one thing.
[[nodiscard]] Try<proto::Message> ask(Context& context, std::string_view method, const proto::Params& params = {});

/// The decoded answer, or the Failure that it could not be read.
template <class T>
[[nodiscard]] Try<T> readable(Result<T> decoded) {
  if (!decoded) return std::unexpected(bad_answer(decoded.error()));
  return std::move(*decoded);
}

}  // namespace supd::ctl
