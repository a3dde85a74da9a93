#include "ctl/proto/rapid.hpp"
#include "ctl/proto/request.hpp"
#include "ctl/proto/request_fields.hpp"
#include "ctl/proto/values.hpp"

namespace supd::proto {
namespace {

/// One value that is not a container, in one of four types.
struct Nothing {};
using Scalar = std::variant<Nothing, bool, std::int64_t, std::string_view, double>;

/// Each assign() stores a value, or tells what it must be.
std::string_view assign(std::vector<std::string>&, const Scalar&) { return "an array of strings"; }

std::string_view assign(std::optional<std::string>& out, const Scalar& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr) return "a string";
  out = std::string(*text);
  return {};
}

std::string_view assign(std::optional<std::int64_t>& out, const Scalar& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr || *number < 0) return "an integer, not negative";
  out = *number;
  return {};
}

std::string_view assign(std::optional<bool>& out, const Scalar& value) {
  const auto* truth = std::get_if<bool>(&value);
  if (truth == nullptr) return "true or false";
  out = *truth;
  return {};
}

/// Takes the parser's events and keeps only what a request is made of: no document is built, so hostile
/// input costs no memory, and nesting is a counter.
class RequestReader {
 public:
  using Size = rapidjson::SizeType;
  bool Null() { return scalar(Nothing{}); }
  bool Bool(bool value) { return scalar(value); }
  bool Int(int value) { return scalar(std::int64_t{value}); }
  bool Uint(unsigned value) { return scalar(std::int64_t{value}); }
  bool Int64(std::int64_t value) { return scalar(value); }
  bool Uint64(std::uint64_t value) {
    if (value <= INT64_MAX) return scalar(static_cast<std::int64_t>(value));
    return scalar(static_cast<double>(value));  // of a type that no member has
  }
  bool Double(double value) { return scalar(value); }
  bool RawNumber(const char*, Size, bool) { return scalar(0.0); }
  bool String(const char* text, Size length, bool) { return scalar(std::string_view(text, length)); }
  bool Key(const char* text, Size length, bool);
  bool StartObject();
  bool EndObject(Size) { return close(); }
  bool StartArray();
  bool EndArray(Size) { return close(); }

  [[nodiscard]] std::expected<Request, RpcFault> result() &&;
  [[nodiscard]] bool gave_up() const { return gave_up_; }

 private:
  /// Depths of the containers that matter: the request, its params, params.units.
  static constexpr int request_depth = 1, params_depth = 2, units_depth = 3;

  bool open();
  bool close();
  bool scalar(const Scalar& value);
  void member(const Scalar& value);
  void set_id(const Scalar& value);
  void param(const Scalar& value);
  void add_unit(const Scalar& value);
  void fail(int code, std::string message);
  bool give_up(int code, std::string message);

  Request request_;
  RpcFault fault_;
  int depth_ = 0;
  bool in_params_ = false, in_units_ = false, has_method_ = false, gave_up_ = false;
  std::string key_;                          ///< last key of the request object
  const ParamField* param_field_ = nullptr;  ///< last key of params; nullptr: an unknown one
};

/// The first fault is the one that is told. Reading goes on: the id may come behind it.
void RequestReader::fail(int code, std::string message) {
  if (fault_.code != 0) return;
  fault_.code = code;
  fault_.message = std::move(message);
}

bool RequestReader::give_up(int code, std::string message) {
  fault_.code = 0;
  fail(code, std::move(message));
  gave_up_ = true;
  return false;
}

bool RequestReader::open() {
  if (++depth_ <= max_nesting) return true;
  return give_up(invalid_request, "nested deeper than " + std::to_string(max_nesting) + " levels");
}

bool RequestReader::close() {
  if (depth_ == units_depth) in_units_ = false;
  if (depth_ == params_depth) in_params_ = false;
  --depth_;
  return true;
}

bool RequestReader::Key(const char* text, Size length, bool) {
  std::string_view key(text, length);
  if (depth_ == request_depth) key_ = key;
  if (depth_ != params_depth || !in_params_) return true;
  param_field_ = nullptr;
  for (const ParamField& field : param_fields) {
    if (field.name == key) param_field_ = &field;
  }
  return true;
}

bool RequestReader::StartObject() {
  if (depth_ == request_depth && key_ == "params") {
    in_params_ = true;
  } else {
    scalar(0.0);  // of a type that no known member has
  }
  return open();
}

bool RequestReader::StartArray() {
  if (depth_ == 0) {
    return give_up(invalid_request, "batches are not supported: send one request per line, without waiting in between");
  }
  bool units = depth_ == params_depth && in_params_ && param_field_ != nullptr && param_field_->name == "units";
  if (units) {
    in_units_ = true;
    request_.params.units.clear();
  } else {
    scalar(0.0);
  }
  return open();
}

bool RequestReader::scalar(const Scalar& value) {
  if (depth_ == request_depth) member(value);
  if (depth_ == params_depth && in_params_ && param_field_ != nullptr) param(value);
  if (depth_ == units_depth && in_units_) add_unit(value);
  return true;
}

void RequestReader::member(const Scalar& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (key_ == "id") return set_id(value);
  if (key_ == "params" && !std::holds_alternative<Nothing>(value)) fail(invalid_params, "params must be an object");
  if (key_ == "jsonrpc" && (text == nullptr || *text != "2.0")) fail(invalid_request, "jsonrpc must be \"2.0\"");
  if (key_ != "method") return;
  if (text == nullptr) return fail(invalid_request, "method must be a string");
  has_method_ = true;
  request_.method = *text;
}

void RequestReader::set_id(const Scalar& value) {
  request_.has_id = true;
  request_.id_json = "null";
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    request_.id_json = std::to_string(*number);
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    if (text->size() > max_id_bytes) {
      return fail(invalid_request, "id is longer than " + std::to_string(max_id_bytes) + " bytes");
    }
    request_.id_json.clear();
    append_json_string(request_.id_json, *text);
  } else if (!std::holds_alternative<Nothing>(value)) {
    fail(invalid_request, "id must be an integer, a string or null");
  }
}

void RequestReader::param(const Scalar& value) {
  if (std::holds_alternative<Nothing>(value)) return;
  auto take = [&](auto member) { return assign(request_.params.*member, value); };
  std::string_view must = std::visit(take, param_field_->member);
  if (!must.empty()) fail(invalid_params, std::string(param_field_->name) + " must be " + std::string(must));
}

void RequestReader::add_unit(const Scalar& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr) return fail(invalid_params, "units must be an array of strings");
  if (request_.params.units.size() >= max_patterns) {
    return fail(invalid_params, "more than " + std::to_string(max_patterns) + " units in one request");
  }
  request_.params.units.emplace_back(*text);
}

std::expected<Request, RpcFault> RequestReader::result() && {
  if (fault_.code == 0 && !has_method_) fail(invalid_request, "a request is an object with a method");
  if (fault_.code == 0) return std::move(request_);
  fault_.id_json = request_.id_json;
  return std::unexpected(std::move(fault_));
}

RpcFault unreadable(const rapidjson::ParseResult& parsed) {
  RpcFault fault{parse_error, {}, {}, {}};
  fault.message = "not valid JSON: " + std::string(rapidjson::GetParseError_En(parsed.Code())) + " (byte " +
                  std::to_string(parsed.Offset() + 1) + ")";
  return fault;
}

}  // namespace

std::expected<Request, RpcFault> parse_request(std::string_view frame) {
  if (std::size_t nul = frame.find('\0'); nul != std::string_view::npos) {
    // The parser would take it for the end of the text.
    return std::unexpected(RpcFault{parse_error, "not valid JSON: NUL (byte " + std::to_string(nul + 1) + ")", {}, {}});
  }
  RequestReader handler;
  rapidjson::Reader reader;
  rapidjson::MemoryStream stream(frame.data(), frame.size());
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  auto parsed = reader.Parse<flags>(stream, handler);
  if (parsed.IsError() && !handler.gave_up()) return std::unexpected(unreadable(parsed));
  return std::move(handler).result();
}

}  // namespace supd::proto
