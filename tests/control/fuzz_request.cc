// libFuzzer: whatever a client sends, it is cut into frames, read as requests, and answered with frames that
// the client's side can read. Build with -Dfuzz=true and clang.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ctl/proto/frames.hpp"
#include "ctl/proto/message.hpp"
#include "ctl/proto/reply.hpp"
#include "ctl/proto/request.hpp"
#include "units/base/assert.hpp"

namespace {

void check_fault(const supd::proto::RpcFault& fault) {
  std::string reply;
  supd::proto::write_fault(reply, fault);
  SUPD_ASSERT(reply.find('\n') == reply.size() - 1);
  reply.pop_back();
  auto message = supd::proto::parse_message(reply);
  SUPD_ASSERT(message.has_value() && message->fault().code == fault.code);
}

void check_request(const supd::proto::Request& request) {
  std::string again;
  supd::proto::write_request(again, 1, request.method, request.params);
  again.pop_back();
  auto read = supd::proto::parse_request(again);
  SUPD_ASSERT(read.has_value() && read->params == request.params && read->method == request.method);
  std::string reply;
  supd::proto::write_empty(reply, request.id_json);
  reply.pop_back();
  SUPD_ASSERT(supd::proto::parse_message(reply).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  supd::proto::Framer framer(64 * 1024);
  framer.push({reinterpret_cast<const char*>(data), size});
  while (auto frame = framer.next()) {
    static_cast<void>(supd::proto::parse_message(std::string(*frame)));
    if (auto request = supd::proto::parse_request(*frame)) {
      check_request(*request);
    } else {
      check_fault(request.error());
    }
  }
  return 0;
}
