#include "daemon/log/format/parse_json.hpp"

#include <charconv>
#include <string>

#include "daemon/log/format/parse_stamp.hpp"

namespace supd::log {
namespace {

void append_utf8(std::string& out, std::uint32_t code) {
  auto put = [&out](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | (code >> 6));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
  } else {
    put(0xf0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
  }
  put(0x80 | (code & 0x3f));
}

/// Goes over one object, front to back; every function takes what it reads off the front.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool take(char c) {
    skip_space();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool at_end() {
    skip_space();
    return rest_.empty();
  }
  bool string(std::string& out) {
    out.clear();
    if (!take('"')) return false;
    while (!rest_.empty()) {
      std::size_t plain = rest_.find_first_of("\"\\");
      if (plain == std::string_view::npos) return false;
      out += rest_.substr(0, plain);
      char found = rest_[plain];
      rest_.remove_prefix(plain + 1);
      if (found == '"') return true;
      if (!escape(out)) return false;
    }
    return false;
  }
  /// A number, true, false or null, as it stands there.
  std::string_view word() {
    skip_space();
    std::size_t end = std::min(rest_.find_first_of(",} \t"), rest_.size());
    std::string_view out = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return out;
  }
  bool at_string() {
    skip_space();
    return rest_.starts_with('"');
  }

 private:
  void skip_space() {
    while (rest_.starts_with(' ') || rest_.starts_with('\t') || rest_.starts_with('\r')) rest_.remove_prefix(1);
  }
  bool hex(std::uint32_t& code) {
    if (rest_.size() < 4) return false;
    auto [end, error] = std::from_chars(rest_.data(), rest_.data() + 4, code, 16);
    if (error != std::errc() || end != rest_.data() + 4) return false;
    rest_.remove_prefix(4);
    return true;
  }
  bool unicode(std::string& out) {
    std::uint32_t code = 0, low = 0;
    if (!hex(code)) return false;
    if (code >= 0xd800 && code < 0xe000) {
      if (code >= 0xdc00 || !rest_.starts_with("\\u")) return false;
      rest_.remove_prefix(2);
      if (!hex(low) || low < 0xdc00 || low >= 0xe000) return false;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(out, code);
    return true;
  }
  bool escape(std::string& out) {
    if (rest_.empty()) return false;
    char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == 'u') return unicode(out);
    constexpr std::string_view letters = "\"\\/bfnrt", meaning = "\"\\/\b\f\n\r\t";
    std::size_t which = letters.find(c);
    if (which == std::string_view::npos) return false;
    out += meaning[which];
    return true;
  }

  std::string_view rest_;
};

bool read_number(std::string_view word, std::uint64_t& out) {
  auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
  return error == std::errc() && end == word.data() + word.size();
}

/// What was found, beyond the record's own members.
struct Found {
  bool time = false, text = false, stream = false;
};

bool take_string(std::string_view name, std::string& value, FileRecord& record, Found& found) {
  if (name == "time") {
    auto stamp = parse_stamp(value);
    if (!stamp || stamp->size != value.size()) return false;
    record.time_us = stamp->time_us;
    return found.time = true;
  }
  if (name == "stream") {
    if (value != "stdout" && value != "stderr" && value != "supd") return false;
    record.origin = value == "stdout" ? Origin::out : value == "stderr" ? Origin::err : Origin::supd;
    return found.stream = true;
  }
  if (name == "text" || name == "base64") {
    record.text = value;
    record.base64 = name == "base64";
    found.text = true;
  }
  return name != "run" && name != "partial";
}

bool take_word(std::string_view name, std::string_view word, FileRecord& record) {
  bool is_constant = word == "true" || word == "false" || word == "null";
  bool is_number = !word.empty() && (word[0] == '-' || (word[0] >= '0' && word[0] <= '9'));
  if (!is_constant && !is_number) return false;
  if (name == "run") return read_number(word, record.run);
  if (name == "partial") record.partial = word == "true";
  return name != "time" && name != "stream" && name != "text" && name != "base64";
}

}  // namespace

bool parse_json_record(std::string_view line, FileRecord& record) {
  Reader reader(line);
  if (!reader.take('{')) return false;
  record.partial = record.base64 = false;
  record.run = 0;
  Found found;
  std::string name, value;
  do {
    if (!reader.string(name) || !reader.take(':')) return false;
    if (reader.at_string()) {
      if (!reader.string(value) || !take_string(name, value, record, found)) return false;
    } else if (!take_word(name, reader.word(), record)) {
      return false;
    }
  } while (reader.take(','));
  return reader.take('}') && reader.at_end() && found.time && found.stream && found.text;
}

}  // namespace supd::log
