#include "ctl/proto/message.hpp"

#include <algorithm>

#include "ctl/proto/change_codec.hpp"
#include "ctl/proto/read_value.hpp"

namespace supd::proto {

/// `text` is parsed in place: the strings of `json` point into it.
struct Message::Document {
  std::string text;
  rapidjson::Document json;
  const JsonValue* body = nullptr;  ///< inside json: the result, or a notification's params
};

namespace {

std::unexpected<Error> bad(std::string detail) {
  return std::unexpected(Error{"reply from supd", {}, 0, std::move(detail)});
}

const JsonValue* find(const JsonValue& object, std::string_view name) {
  if (!object.IsObject()) return nullptr;
  for (const auto& member : object.GetObject()) {
    if (text_of(member.name) == name) return &member.value;
  }
  return nullptr;
}

/// The array `name` inside `outer` (a result or params) as a list of T.
template <class T>
Result<std::vector<T>> read_list(const JsonValue* outer, std::string_view name) {
  const JsonValue* array = outer == nullptr ? nullptr : find(*outer, name);
  if (array == nullptr || !array->IsArray()) return bad("has no list of " + std::string(name));
  std::vector<T> values;
  values.reserve(std::min<std::size_t>(array->Size(), 1024));
  for (const JsonValue& entry : array->GetArray()) {
    if (!read_object(entry, values.emplace_back())) return bad("has a bad entry in " + std::string(name));
  }
  return values;
}

template <class T>
Result<T> read_one(const JsonValue* value, std::string_view what) {
  T out{};
  if (value == nullptr || !read_object(*value, out)) return bad("is no " + std::string(what));
  return out;
}

RpcFault read_fault(const JsonValue& error) {
  RpcFault fault;
  const JsonValue* code = find(error, "code");
  const JsonValue* message = find(error, "message");
  const JsonValue* data = find(error, "data");
  fault.code = code != nullptr && code->IsInt() ? code->GetInt() : invalid_request;
  if (message != nullptr && message->IsString()) fault.message = text_of(*message);
  if (data == nullptr) return fault;
  auto take_text = [data](std::string_view name, std::string& out) {
    const JsonValue* text = find(*data, name);
    if (text != nullptr && text->IsString()) out = text_of(*text);
  };
  take_text("nearest", fault.nearest);
  take_text("hint", fault.hint);
  take_text("text", fault.text);
  fault.units = read_list<UnitResult>(data, "units").value_or(std::vector<UnitResult>{});
  fault.diagnostics = read_list<Diagnostic>(data, "diagnostics").value_or(std::vector<Diagnostic>{});
  return fault;
}

}  // namespace

Message::Message(std::unique_ptr<Document> document) : document_(std::move(document)) {}
Message::Message(Message&&) noexcept = default;
Message& Message::operator=(Message&&) noexcept = default;
Message::~Message() = default;

Result<void> Message::read_envelope() {
  const JsonValue& json = document_->json;
  if (!json.IsObject()) return bad("is not a JSON object");
  const JsonValue* id = find(json, "id");
  if (const JsonValue* method = find(json, "method"); method != nullptr && method->IsString()) {
    kind_ = MessageKind::notification;
    method_ = text_of(*method);
    document_->body = find(json, "params");
    id = document_->body == nullptr ? nullptr : find(*document_->body, "id");
  } else if (const JsonValue* error = find(json, "error"); error != nullptr) {
    kind_ = MessageKind::error;
    fault_ = read_fault(*error);
  } else {
    document_->body = find(json, "result");
    if (document_->body == nullptr) return bad("has neither result nor error");
  }
  if (id != nullptr && id->IsInt64()) id_ = id->GetInt64();
  return {};
}

Result<Hello> Message::hello() const { return read_one<Hello>(document_->body, "hello"); }

Result<std::vector<UnitStatus>> Message::statuses() const { return read_list<UnitStatus>(document_->body, "units"); }

Result<std::vector<UnitResult>> Message::results() const { return read_list<UnitResult>(document_->body, "units"); }

Result<std::vector<WhyStep>> Message::chain() const { return read_list<WhyStep>(document_->body, "chain"); }

Result<std::vector<ShownValue>> Message::shown() const { return read_list<ShownValue>(document_->body, "values"); }

Result<std::string> Message::shown_toml() const {
  std::string text;
  const JsonValue* toml = document_->body == nullptr ? nullptr : find(*document_->body, "toml");
  if (toml != nullptr && !get(*toml, text)) return bad("has a toml that is no text");
  return text;
}

Result<ChangeReport> Message::change() const {
  ChangeReport report;
  if (document_->body == nullptr || !read_report(*document_->body, report)) return bad("is no report of a change");
  return report;
}

Result<std::vector<Finding>> Message::findings() const { return read_list<Finding>(document_->body, "findings"); }

Result<UnitProgress> Message::progress() const { return read_one<UnitProgress>(document_->body, "progress"); }

Result<std::vector<LogRecord>> Message::records() const { return read_list<LogRecord>(document_->body, "records"); }

Result<std::vector<LogSource>> Message::log_sources() const { return read_list<LogSource>(document_->body, "files"); }

Result<std::vector<UnitEvent>> Message::events() const { return read_list<UnitEvent>(document_->body, "events"); }

Result<Message> parse_message(std::string frame) {
  auto document = std::make_unique<Message::Document>();
  document->text = std::move(frame);
  constexpr unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag;
  document->json.ParseInsitu<flags>(document->text.data());
  if (document->json.HasParseError()) {
    return bad(std::string("is not valid JSON: ") + rapidjson::GetParseError_En(document->json.GetParseError()));
  }
  Message message(std::move(document));
  if (auto read = message.read_envelope(); !read) return std::unexpected(read.error());
  return message;
}

}  // namespace supd::proto
