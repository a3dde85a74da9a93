#pragma once

/// The values of the protocol as JSON objects, one by one: what supctl prints with `-o json` is what
/// is on the wire. Each appends one object, without a newline. Strings that are not valid UTF-8 get
/// U+FFFD in place of their bad bytes, except for the text of a LogRecord, which loses nothing.

#include <string>
#include <string_view>

#include "ctl/proto/messages.hpp"

namespace supd::proto {

void append_json(std::string& out, const UnitStatus& status);
void append_json(std::string& out, const UnitEvent& event);
void append_json(std::string& out, const UnitResult& result);
void append_json(std::string& out, const WhyStep& step);
void append_json(std::string& out, const ShownValue& value);
void append_json(std::string& out, const LogRecord& record);
void append_json(std::string& out, const Finding& finding);
void append_json(std::string& out, const Hello& hello);
void append_json(std::string& out, const Diagnostic& diagnostic);
void append_json(std::string& out, const ChangeReport& report);

/// A JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace supd::proto
