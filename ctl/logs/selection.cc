#include "ctl/logs/selection.hpp"

#include <array>

namespace supd::ctl::logs {

void Pattern::Free::operator()(regex_t* compiled) const {
  ::regfree(compiled);
  delete compiled;
}

std::expected<Pattern, std::string> Pattern::compile(const std::string& text, bool ignore_case) {
  Pattern out;
  if (!ignore_case && text.find_first_of("\\^$.|?*+()[]{}") == std::string::npos) {
    out.plain_ = text;
    return out;
  }
  auto compiled = std::make_unique<regex_t>();
  int error = ::regcomp(compiled.get(), text.c_str(), REG_EXTENDED | REG_NOSUB | (ignore_case ? REG_ICASE : 0));
  if (error != 0) {
    std::array<char, 256> words{};
    ::regerror(error, compiled.get(), words.data(), words.size());
    return std::unexpected(std::string(words.data()));
  }
  out.compiled_.reset(compiled.release());
  return out;
}

bool Pattern::matches(std::string_view text) const {
  if (!compiled_) return text.find(plain_) != std::string_view::npos;
  // With REG_STARTEND a NUL is a byte like others (regex(3)).
  regmatch_t within{0, static_cast<regoff_t>(text.size())};
  return ::regexec(compiled_.get(), text.data(), 1, &within, REG_STARTEND) == 0;
}

bool Selection::accepts(const proto::LogRecord& record) const {
  if (since_us && record.time_us < *since_us) return false;
  if (until_us && record.time_us > *until_us) return false;
  switch (stream) {
    case StreamChoice::all: break;
    case StreamChoice::out:
      if (record.note || record.is_stderr) return false;
      break;
    case StreamChoice::err:
      if (record.note || !record.is_stderr) return false;
      break;
    case StreamChoice::supd:
      if (!record.note) return false;
      break;
  }
  return !grep || grep->matches(record.text);
}

}  // namespace supd::ctl::logs
