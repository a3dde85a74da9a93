/// What the journal and syslog get, byte by byte.

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "daemon/log/format/journal_format.hpp"
#include "daemon/log/format/syslog_format.hpp"
#include "tests/log/support.hpp"

namespace supd::log {
namespace {

using namespace std::string_view_literals;
constexpr std::string_view stamp = "2026-11-23T13:26:21.123456Z";

SharedRecord record(std::string_view text, Origin origin = Origin::out) {
  return {.unit = "web",
          .stamp = stamp,
          .text = text,
          .run = {RunId{3}, 812},
          .origin = origin,
          .severity = severity_of(origin)};
}

std::vector<std::string> taken_apart(std::string_view bytes) {
  std::vector<std::string> out;
  while (!bytes.empty()) {
    std::string_view datagram = Datagrams::front(bytes);
    out.emplace_back(datagram);
    bytes.remove_prefix(Datagrams::head_size + datagram.size());
  }
  return out;
}

std::string journal(const SharedRecord& record) {
  std::string bytes;
  Datagrams out(bytes);
  append_journal_record(out, record);
  auto datagrams = taken_apart(bytes);
  EXPECT_EQ(datagrams.size(), 1U);
  return datagrams.at(0);
}

std::vector<std::string> syslog(const SharedRecord& record, SyslogSource source = {3, "host"}) {
  std::string bytes;
  Datagrams out(bytes);
  append_syslog_record(out, source, record);
  return taken_apart(bytes);
}

TEST(JournalFormat, A_line) {
  EXPECT_EQ(journal(record("listening = yes")),
            "PRIORITY=6\nSYSLOG_IDENTIFIER=web\nSYSLOG_PID=812\nSUPD_UNIT=web\nSUPD_RUN=3\nSUPD_STREAM=stdout\n"
            "SUPD_TIME=2026-11-23T13:26:21.123456Z\nMESSAGE=listening = yes\n");
}

TEST(JournalFormat, A_piece_of_stderr) {
  SharedRecord piece = record("", Origin::err);
  piece.goes_on = true;
  EXPECT_EQ(journal(piece),
            "PRIORITY=4\nSYSLOG_IDENTIFIER=web\nSYSLOG_PID=812\nSUPD_UNIT=web\nSUPD_RUN=3\nSUPD_STREAM=stderr\n"
            "SUPD_TIME=2026-11-23T13:26:21.123456Z\nSUPD_PARTIAL=1\nMESSAGE=\n");
}

TEST(JournalFormat, A_note_and_supd_s_own_words) {
  SharedRecord note{
      .unit = "web", .stamp = stamp, .text = "note", .origin = Origin::supd, .severity = Severity::notice};
  EXPECT_EQ(journal(note),
            "PRIORITY=5\nSYSLOG_IDENTIFIER=web\nSUPD_UNIT=web\nSUPD_STREAM=supd\n"
            "SUPD_TIME=2026-11-23T13:26:21.123456Z\nMESSAGE=note\n");
  SharedRecord own{.stamp = stamp, .text = "broken", .origin = Origin::supd, .severity = Severity::error};
  EXPECT_EQ(journal(own),
            "PRIORITY=3\nSYSLOG_IDENTIFIER=supd\nSUPD_STREAM=supd\n"
            "SUPD_TIME=2026-11-23T13:26:21.123456Z\nMESSAGE=broken\n");
}

TEST(JournalFormat, L2_L4_what_is_no_text_has_its_length_before_it) {
  std::string sent = journal(record("\xff=\x00\xfe"sv));
  EXPECT_TRUE(sent.ends_with("\nMESSAGE\n\x04\0\0\0\0\0\0\0\xff=\0\xfe\n"sv)) << sent;
  sent = journal(record("x\nPRIORITY=0"));
  EXPECT_TRUE(sent.ends_with("\nMESSAGE\n\x0c\0\0\0\0\0\0\0x\nPRIORITY=0\n"sv)) << sent;
  sent = journal(record(std::string(70'000, '\xff')));
  EXPECT_NE(sent.find("\nMESSAGE\n\x70\x11\x01\0\0\0\0\0\xff"sv), std::string::npos);
}

TEST(SyslogFormat, A_line) {
  EXPECT_EQ(syslog(record("listening")).at(0),
            "<30>1 2026-11-23T13:26:21.123456Z host web 812 stdout [supd@32473 unit=\"web\" run=\"3\"] listening");
}

TEST(SyslogFormat, Severity_and_facility) {
  EXPECT_TRUE(syslog(record("x", Origin::err), {0, "-"}).at(0).starts_with("<4>1 "));
  EXPECT_TRUE(syslog(record("x"), {23, "-"}).at(0).starts_with("<190>1 "));
}

TEST(SyslogFormat, A_piece_a_note_and_supd_s_own_words) {
  SharedRecord piece = record("begin", Origin::err);
  piece.goes_on = true;
  EXPECT_EQ(syslog(piece).at(0),
            "<28>1 2026-11-23T13:26:21.123456Z host web 812 stderr "
            "[supd@32473 unit=\"web\" run=\"3\" partial=\"1\"] begin");
  SharedRecord note{
      .unit = "web", .stamp = stamp, .text = "two\nlines", .origin = Origin::supd, .severity = Severity::notice};
  EXPECT_EQ(syslog(note).at(0),
            "<29>1 2026-11-23T13:26:21.123456Z host web - supd [supd@32473 unit=\"web\"] two lines");
  SharedRecord own{.stamp = stamp, .text = "broken", .origin = Origin::supd, .severity = Severity::error};
  EXPECT_EQ(syslog(own).at(0), "<27>1 2026-11-23T13:26:21.123456Z host supd - supd - broken");
}

TEST(SyslogFormat, L4_names_can_forge_nothing) {
  SharedRecord odd = record("text] [forged x=\"1\"]");
  odd.unit = "a\"b\\c]d e\x01\xff";
  EXPECT_EQ(syslog(odd).at(0),
            "<30>1 2026-11-23T13:26:21.123456Z host a\"b\\c]d?e?? 812 stdout "
            "[supd@32473 unit=\"a\\\"b\\\\c\\]d e\x01\xff\" run=\"3\"] text] [forged x=\"1\"]");
  std::string longest(128, 'n');
  odd.unit = longest;
  EXPECT_NE(syslog(odd).at(0).find(" " + std::string(48, 'n') + " 812 "), std::string::npos);
  EXPECT_EQ(syslog_host(""), "-");
  EXPECT_EQ(syslog_host("a host"), "a?host");
  EXPECT_EQ(syslog_host(std::string(300, 'h')).size(), 255U);
}

TEST(SyslogFormat, L2_the_text_is_there_byte_for_byte_without_a_mark) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += byte == '\n' ? ' ' : static_cast<char>(byte);
  EXPECT_TRUE(syslog(record(bytes)).at(0).ends_with("] " + bytes));
}

TEST(SyslogFormat, L2_L5_a_long_text_is_several_messages_that_join_to_it) {
  std::mt19937_64 random(test_seed());
  for (std::size_t size : {8000UZ, 8192UZ, 16'384UZ, 100'000UZ}) {
    std::string text;
    while (text.size() < size) text += random() % 3 == 0 ? "\xe2\x82\xac" : "x";
    std::string joined;
    auto messages = syslog(record(text));
    for (std::size_t i = 0; i < messages.size(); ++i) {
      ASSERT_LE(messages[i].size(), max_syslog_message);
      std::size_t end = messages[i].find("] ");
      EXPECT_EQ(messages[i].substr(0, end).find("partial") != std::string::npos, i + 1 < messages.size());
      std::string piece = messages[i].substr(end + 2);
      ASSERT_FALSE(!piece.empty() && (static_cast<unsigned char>(piece[0]) & 0xC0U) == 0x80U) << "cut in a character";
      joined += piece;
    }
    EXPECT_EQ(joined, text);
  }
  std::string no_text(20'000, '\x80');
  EXPECT_EQ(syslog(record(no_text)).size(), 3U);
}

}  // namespace
}  // namespace supd::log
