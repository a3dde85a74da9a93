#include "ctl/proto/request.hpp"

#include <gtest/gtest.h>

#include <string>

namespace supd::proto {
namespace {

RpcFault fault_of(std::string_view frame) {
  auto request = parse_request(frame);
  EXPECT_FALSE(request.has_value()) << frame.substr(0, 200);
  return request ? RpcFault{} : request.error();
}

Request good(std::string_view frame) {
  auto request = parse_request(frame);
  EXPECT_TRUE(request.has_value()) << (request ? "" : request.error().message);
  return request.value_or(Request{});
}

TEST(Request, everything_a_client_writes_is_read_back) {
  Params params;
  params.units = {"web", "db-*", "@multi", "sp\"ace\n\xE2\x82\xAC"};
  params.unit = "one";
  params.signal = "SIGHUP";
  params.condition = "stopped";
  params.key = "restart.delay";
  params.timeout_ms = 9'000'000'000'000;
  params.lines = 0;
  params.wait = false;
  params.follow = true;
  params.brief = true;
  std::string frame;
  write_request(frame, 42, "start", params);
  ASSERT_TRUE(frame.ends_with('\n'));
  EXPECT_EQ(frame.find('\n'), frame.size() - 1);
  frame.pop_back();
  EXPECT_EQ(good(frame), (Request{true, "42", "start", params}));
}

TEST(Request, no_params_is_no_params) {
  std::string frame;
  write_request(frame, 1, "hello");
  EXPECT_EQ(good(frame.substr(0, frame.size() - 1)), (Request{true, "1", "hello", {}}));
  EXPECT_EQ(good(R"({"method":"hello"})"), (Request{false, "null", "hello", {}}));
  EXPECT_EQ(good(R"({"method":"hello","params":null})").params, Params{});
  EXPECT_EQ(good(R"({"method":"x","params":{"unit":null,"units":null,"wait":null}})").params, Params{});
}

TEST(Request, an_id_goes_back_as_it_came) {
  EXPECT_EQ(good(R"({"id":-7,"method":"x"})").id_json, "-7");
  EXPECT_EQ(good(R"({"id":"a\"b\u0001","method":"x"})").id_json, R"("a\"b\u0001")");
  EXPECT_EQ(good(R"({"id":null,"method":"x"})").id_json, "null");
  EXPECT_TRUE(good(R"({"id":null,"method":"x"})").has_id);
}

TEST(Request, bad_ids_are_refused) {
  for (const char* id : {"1.5", "true", "{}", "[1]", "18446744073709551615"}) {
    RpcFault fault = fault_of(R"({"method":"x","id":)" + std::string(id) + "}");
    EXPECT_EQ(fault.code, invalid_request) << id;
    EXPECT_EQ(fault.id_json, "null");
  }
  std::string longest(max_id_bytes, 'i');
  EXPECT_EQ(good(R"({"method":"x","id":")" + longest + "\"}").id_json.size(), max_id_bytes + 2);
  EXPECT_EQ(fault_of(R"({"method":"x","id":"i)" + longest + "\"}").code, invalid_request);
}

TEST(Request, unknown_members_are_ignored_whatever_they_hold) {
  Request request =
      good(R"({"x":[1,{"method":"no"}],"id":1,"method":"stop","params":{"new":{"units":["no"],"unit":"no"},)"
           R"("units":["web"],"more":[["units"]],"last":1.5},"params2":{"units":["no"]}})");
  EXPECT_EQ(request.method, "stop");
  EXPECT_EQ(request.params.units, std::vector<std::string>{"web"});
  EXPECT_FALSE(request.params.unit.has_value());
}

TEST(Request, wrong_types_are_refused_with_the_id_and_the_member) {
  struct Case {
    const char* params;
    const char* message;
  };
  for (Case c :
       {Case{R"({"units":"web"})", "units must be an array of strings"},
        Case{R"({"units":{}})", "units must be an array of strings"},
        Case{R"({"units":[1]})", "units must be an array of strings"},
        Case{R"({"units":[["a"]]})", "units must be an array of strings"},
        Case{R"({"units":[null]})", "units must be an array of strings"},
        Case{R"({"unit":1})", "unit must be a string"}, Case{R"({"unit":[]})", "unit must be a string"},
        Case{R"({"signal":9})", "signal must be a string"}, Case{R"({"wait":"yes"})", "wait must be true or false"},
        Case{R"({"timeout_ms":-1})", "timeout_ms must be an integer, not negative"},
        Case{R"({"timeout_ms":1.5})", "timeout_ms must be an integer, not negative"},
        Case{R"({"timeout_ms":18446744073709551615})", "timeout_ms must be an integer, not negative"},
        Case{R"({"lines":"5"})", "lines must be an integer, not negative"}, Case{R"([1])", "params must be an object"},
        Case{R"("x")", "params must be an object"}}) {
    // The id stands behind the fault: it is found all the same.
    RpcFault fault = fault_of(R"({"method":"x","params":)" + std::string(c.params) + R"(,"id":5})");
    EXPECT_EQ(fault.code, invalid_params) << c.params;
    EXPECT_EQ(fault.message, c.message);
    EXPECT_EQ(fault.id_json, "5");
  }
}

TEST(Request, what_is_no_request_is_refused) {
  EXPECT_EQ(fault_of("{}").code, invalid_request);
  EXPECT_EQ(fault_of("42").code, invalid_request);
  EXPECT_EQ(fault_of("\"start\"").code, invalid_request);
  EXPECT_EQ(fault_of("null").code, invalid_request);
  EXPECT_EQ(fault_of(R"({"method":1})").code, invalid_request);
  EXPECT_EQ(fault_of(R"({"method":{"method":"x"}})").code, invalid_request);
  EXPECT_EQ(fault_of(R"({"method":"x","jsonrpc":"1.0"})").code, invalid_request);
  EXPECT_EQ(fault_of(R"({"method":"x","jsonrpc":2.0})").code, invalid_request);
}

TEST(Request, a_batch_is_refused_in_words) {
  RpcFault fault = fault_of(R"([{"method":"hello","id":1}])");
  EXPECT_EQ(fault.code, invalid_request);
  EXPECT_NE(fault.message.find("batches are not supported"), std::string::npos);
}

TEST(Request, what_is_no_json_is_refused_with_the_place) {
  for (std::string text :
       {"", " ", "{", "}", "{\"a\"", "{\"method\":\"x\"", "{\"method\":\"x\"} x", "nul", "'x'", "{\"method\":\"x\",}",
        "{\"method\":\"\\ud800\"}", "{\"method\":1e999}", "\xEF\xBB\xBF{}", "{\"method\":\"x\"}{}"}) {
    RpcFault fault = fault_of(text);
    EXPECT_EQ(fault.code, parse_error) << text;
    EXPECT_EQ(fault.id_json, "null");
    EXPECT_NE(fault.message.find("(byte "), std::string::npos);
  }
}

TEST(Request, invalid_utf8_and_nul_are_refused) {
  for (std::string text : {std::string("{\"method\":\"\xFF\"}"), std::string("{\"method\":\"\xC0\xAF\"}"),
                           std::string("{\"method\":\"\xED\xA0\x80\"}"), std::string("{\"method\":\"x\"}\0{}", 18),
                           std::string("{\"method\":\"a\0b\"}", 16), std::string(1, '\0')}) {
    EXPECT_EQ(fault_of(text).code, parse_error) << testing::PrintToString(text);
  }
  // Escaped, it is a character like any other: no unit has such a name.
  EXPECT_EQ(good(R"({"method":"a\u0000b"})").method, std::string("a\0b", 3));
}

TEST(Request, P13_deep_nesting_is_refused_without_deep_recursion) {
  for (std::string open : {"[", "{\"a\":", "{\"params\":{\"units\":["}) {
    std::string text;
    while (text.size() < max_request_bytes) text += open;
    int code = fault_of(text).code;
    EXPECT_TRUE(code == invalid_request || code == parse_error) << open;
  }
  std::string levels = std::string(static_cast<std::size_t>(max_nesting) - 1, '[') +
                       std::string(static_cast<std::size_t>(max_nesting) - 1, ']');
  EXPECT_EQ(good(R"({"method":"x","y":)" + levels + "}").method, "x");
  EXPECT_EQ(fault_of(R"({"method":"x","y":[)" + levels + "]}").code, invalid_request);
}

TEST(Request, P8_too_many_units_are_refused) {
  std::string units;
  for (std::size_t i = 0; i < max_patterns; ++i) units += "\"u\",";
  std::string most = R"({"method":"x","params":{"units":[)" + units.substr(0, units.size() - 1) + "]}}";
  EXPECT_EQ(good(most).params.units.size(), max_patterns);
  std::string more = R"({"method":"x","params":{"units":[)" + units + "\"u\"]}}";
  EXPECT_EQ(fault_of(more).code, invalid_params);
}

TEST(Request, every_prefix_and_every_flipped_byte_of_a_request_is_survived) {
  std::string frame = R"({"jsonrpc":"2.0","id":"a","method":"start","params":{"units":["web","\u20ac"],"wait":true}})";
  for (std::size_t length = 0; length < frame.size(); ++length) {
    EXPECT_FALSE(parse_request(std::string_view(frame).substr(0, length)).has_value());
  }
  int read = 0;
  for (std::size_t at = 0; at < frame.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = frame;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      auto request = parse_request(flipped);
      read += request.has_value() ? 1 : 0;
      EXPECT_TRUE(request.has_value() || request.error().code < 0);
    }
  }
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace supd::proto
