// SPDX-License-Identifier: GPL-2.0-only
#include "report.hpp"

#include <sys/utsname.h>

#include <array>
#include <cstdio>

namespace conformance {
namespace {

std::string kernel_name() {
  utsname name{};
  return ::uname(&name) == 0 ? std::string(name.release) + " " + name.version + " " + name.machine : "unknown";
}

void line(const std::string& text) {
  std::fputs((text + "\n").c_str(), stdout);
  std::fflush(stdout);
}

std::string on_one_line(std::string text) {
  for (char& letter : text) {
    if (static_cast<unsigned char>(letter) < ' ') letter = ' ';
  }
  return text;
}

std::string_view word_of(Verdict verdict) {
  if (verdict == Verdict::pass) return "pass";
  return verdict == Verdict::fail ? "fail" : "not supported";
}

std::string_view word_of(Pace pace) {
  if (pace == Pace::quick) return "quick";
  return pace == Pace::slow ? "slow" : "storm";
}

std::string member(std::string_view name, std::string_view text) { return quoted(name) + ": " + quoted(text); }

std::string member(std::string_view name, long long number) { return quoted(name) + ": " + std::to_string(number); }

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      out += '\\';
      out += letter;
    } else if (byte < 0x20 || byte >= 0x7f) {
      std::array<char, 8> code{};
      std::snprintf(code.data(), code.size(), "\\u%04x", byte);
      out += code.data();
    } else {
      out += letter;
    }
  }
  return out + "\"";
}

Report::Report(bool json, std::size_t count) : json_(json) {
  if (json_) {
    line("{" + member("kernel", kernel_name()) + ",\n \"checks\": [");
    return;
  }
  line("TAP version 13");
  line("1.." + std::to_string(count));
  comment("kernel " + kernel_name());
}

void Report::comment(std::string_view text) {
  if (!json_) return line("# " + on_one_line(std::string(text)));
  comments_ += (comments_.empty() ? "" : ", ") + quoted(text);
}

void Report::add(const Item& item, const Outcome& outcome, std::chrono::milliseconds took) {
  ++number_;
  ++(outcome.verdict == Verdict::pass ? passed_ : outcome.verdict == Verdict::fail ? failed_ : not_supported_);
  if (json_) {
    add_json(item, outcome, took);
  } else {
    add_tap(item.check, outcome, took);
  }
}

void Report::add_tap(const Check& check, const Outcome& outcome, std::chrono::milliseconds took) const {
  const std::string head = std::to_string(number_) + " - " + std::string(check.name);
  if (outcome.verdict == Verdict::pass) return line("ok " + head);
  if (outcome.verdict == Verdict::not_supported) {
    return line("ok " + head + " # SKIP not supported: " + on_one_line(outcome.detail));
  }
  line("not ok " + head);
  line("  ---");
  line("  expected: " + quoted(check.what));
  line("  detail: " + quoted(outcome.detail));
  if (!check.fix.empty()) line("  fix: " + quoted(check.fix));
  line("  duration_ms: " + std::to_string(took.count()));
  line("  ...");
}

void Report::add_json(const Item& item, const Outcome& outcome, std::chrono::milliseconds took) {
  const Check& check = item.check;
  line((number_ > 1 ? "  ,{" : "  {") + member("name", check.name) + ", " +
       member("verdict", word_of(outcome.verdict)) + ", " + member("pace", word_of(item.pace)) + ", " +
       member("need", check.need == Need::vital ? "vital" : "useful") + ", " + member("what", check.what) + ", " +
       member("fix", check.fix) + ", " + member("detail", outcome.detail) + ", " + member("duration_ms", took.count()) +
       "}");
}

void Report::end() {
  const auto count = [](std::size_t number) { return static_cast<long long>(number); };
  if (json_) {
    return line(" ],\n \"comments\": [" + comments_ + "],\n " + member("passed", count(passed_)) + ", " +
                member("failed", count(failed_)) + ", " + member("not_supported", count(not_supported_)) + "}");
  }
  comment(std::to_string(passed_) + " passed, " + std::to_string(failed_) + " failed, " +
          std::to_string(not_supported_) + " not supported");
}

}  // namespace conformance
