#include "daemon/log/own_sinks.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <optional>

#include "tests/log/fake_loop.hpp"
#include "tests/log/receiver.hpp"
#include "tests/log/support.hpp"

namespace supd::log {
namespace {

struct Speaks final : Events {
  void on_log_record(UnitId, const proto::LogRecord&) override {}
  void on_log_file_failed(const std::string&, const Error& error) override { warn("failed: " + error.text()); }
  void on_log_file_resumed(const std::string&) override { info("works again"); }
  void on_log_rotation_failed(const std::string&, const Error&) override {}
  void on_log_compress_failed(const std::string&, const Error&) override {}
  void on_log_datagrams_failed(std::string_view sink, const Error&) override { warn(std::string(sink) + " failed"); }
  void on_log_datagrams_resumed(std::string_view) override {}
};

struct OwnSinksTest : ::testing::Test {
  void open(OwnSinks::Options options) {
    options.to_stderr = false;
    own.emplace(hub, options);
  }
  std::string written() {
    std::string all;
    for (int i = 0; i < 10; ++i) {
      loop.advance(FileSink::gather_time);
      all += loop.complete_all();
    }
    return all;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> out;
    for (const Parsed& record : parse_log(written())) {
      EXPECT_EQ(record.tag, "-");
      out.push_back(record.text);
    }
    return out;
  }

  using Texts = std::vector<std::string>;
  ScratchDirectory directory;
  FakeLoop loop;
  Speaks events;
  Hub hub{loop,
          events,
          {.directory = directory.path(),
           .clock_us = FakeWall::read,
           .journal = unix_address(directory.path("journal")),
           .syslog = unix_address(directory.path("syslog"))}};
  std::optional<OwnSinks> own;
};

TEST_F(OwnSinksTest, Messages_go_into_a_file_of_their_own_with_their_level) {
  open({.file = true});
  info("one");
  warn("two\nlines");
  error("three");
  debug("not shown");
  EXPECT_EQ(texts(), (Texts{"one", "warning: two lines", "error: three"}));
  EXPECT_TRUE(std::filesystem::exists(directory.path("+supd/current")));
}

TEST_F(OwnSinksTest, As_json) {
  open({.file = true, .format = LogFormat::json});
  info("a \"message\"");
  EXPECT_EQ(written(), R"({"time":"1970-01-01T00:00:00.000000Z","unit":"+supd","stream":"supd","text":"a \"message\""})"
                       "\n");
}

TEST_F(OwnSinksTest, To_journal_and_syslog_with_their_level) {
  Receiver journal(directory.path("journal")), syslog(directory.path("syslog"));
  open({.journal = true, .syslog = true});
  warn("careful");
  loop.advance(0s);
  EXPECT_EQ(journal.take(), (Texts{"PRIORITY=4\nSYSLOG_IDENTIFIER=supd\nSUPD_STREAM=supd\n"
                                   "SUPD_TIME=1970-01-01T00:00:00.000000Z\nMESSAGE=careful\n"}));
  EXPECT_EQ(syslog.take(), (Texts{"<28>1 1970-01-01T00:00:00.000000Z - supd - supd - careful"}));
}

TEST_F(OwnSinksTest, A_file_that_fails_may_say_so_in_itself) {
  open({.file = true});
  info("one");
  loop.advance(0s);
  ASSERT_EQ(loop.writes.size(), 1U);
  loop.complete(0, ENOSPC);
  EXPECT_TRUE(loop.writes.empty());
  loop.advance(1s);
  Texts got = texts();
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(got[0], "one");
  EXPECT_TRUE(got[1].starts_with("warning: failed: ")) << got[1];
  EXPECT_EQ(got[2], "works again");
  EXPECT_EQ(loop.overlapping_writes, 0);
}

TEST_F(OwnSinksTest, A_journal_that_is_missing_may_be_told_to_itself) {
  open({.journal = true});
  info("one");
  loop.advance(0s);
  loop.advance(0s);
  Receiver journal(directory.path("journal"));
  loop.advance(DatagramSink::first_retry);
  Texts got = journal.take();
  ASSERT_EQ(got.size(), 2U);
  EXPECT_TRUE(got[0].ends_with("MESSAGE=one\n"));
  EXPECT_TRUE(got[1].ends_with("MESSAGE=journal failed\n"));
}

TEST_F(OwnSinksTest, P8_what_waits_for_the_next_turn_is_bounded_and_counted) {
  open({.file = true});
  for (int i = 0; i < 1000; ++i) info(std::string(1000, 'x'));
  EXPECT_EQ(own->dropped(), 1000U - OwnSinks::max_queued / 1000);
  EXPECT_EQ(own_log_dropped(), own->dropped());
  EXPECT_EQ(texts().size(), OwnSinks::max_queued / 1000);
}

TEST_F(OwnSinksTest, P5_its_last_words_are_written) {
  open({.file = true});
  info("last words");
  own->close();
  EXPECT_FALSE(hub.idle());
  EXPECT_EQ(texts(), Texts{"last words"});
  EXPECT_TRUE(hub.idle());
  EXPECT_EQ(loop.timers(), 0U);
}

}  // namespace
}  // namespace supd::log
