#include "ctl/commands.hpp"
#include "ctl/text/join.hpp"
#include "ctl/text/visible.hpp"

namespace supd::ctl {
namespace {

Try<proto::Hello> ask_hello(Context& context) {
  Try<proto::Message> message = ask(context, "hello");
  if (!message) return std::unexpected(std::move(message.error()));
  return readable(message->hello());
}

void print_as_json(Context& context, const Try<proto::Hello>& hello) {
  std::string json(json_head);
  json += "\"client\":\"" SUPD_VERSION "\",\"server\":";
  if (hello) {
    proto::append_json(json, *hello);
  } else {
    json += "null";
  }
  print_json(context, json += "}");
}

void print_as_text(Context& context, const Try<proto::Hello>& hello) {
  std::string& out = context.out.buffer();
  out += joined({"supctl " SUPD_VERSION ", protocol ", std::to_string(proto::protocol_version), "\n"});
  if (hello) {
    out += joined({"supd ", visible(hello->version), ", protocol ", std::to_string(hello->protocol), ", pid ",
                   std::to_string(hello->pid), ", engine ", visible(hello->engine), ", your role ",
                   visible(hello->role), "\n"});
  } else {
    out += joined({"supd: ", visible(hello.error().text), "\n"});
  }
}

}  // namespace

/// supctl's version is known without supd: not to reach it is no error here.
Ending run_version(Context& context) {
  Try<proto::Hello> hello = ask_hello(context);
  if (context.json()) {
    print_as_json(context, hello);
  } else if (!context.quiet()) {
    print_as_text(context, hello);
  }
  return Outcome::done;
}

}  // namespace supd::ctl
