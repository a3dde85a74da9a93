/// Output: from a process to memory and file, complete and in order.

#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

struct Logs : OnEachEngine {};

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++n;
  return n;
}

TEST_P(Logs, P5_every_line_is_in_memory_and_in_the_file_in_order) {
  daemon.unit("talk", "kind = 'task'\ncommand = ['sh', '-c', 'for i in 1 2 3; do echo line $i; done; printf last']\n");
  daemon.start();
  daemon.await("talk", State::completed);
  EXPECT_EQ(daemon.await_line("talk", "last"), "last");
  EXPECT_EQ(daemon.log_lines("talk"), (std::vector<std::string>{"line 1", "line 2", "line 3", "last"}));
  daemon.stop();
  std::string file = slurp(daemon.log_file("talk"));
  EXPECT_LT(file.find("line 1"), file.find("line 3"));
  EXPECT_EQ(count(file, "last"), 1U) << "L6: a last line without newline is written, once";
}

TEST_P(Logs, L7_last_words_of_many_short_lives_are_all_there) {
  constexpr std::size_t lives = 300;
  daemon.unit("short",
              "command = ['sh', '-c', 'echo last words of $$']\n"
              "[restart]\npolicy = 'always'\ndelay = '0'\nlimit = 0\n");
  daemon.start();
  daemon.await_event("life 300",
                     [](const UnitEvent& event) { return event.to == State::running && event.run > lives; });
  daemon.operate("stop", "short");
  std::uint64_t runs = daemon.status("short").restarts + 1;
  bool cut_short = daemon.status("short").last_exit == "killed by SIGTERM";
  daemon.stop();
  // The last life may have been stopped before it spoke.
  EXPECT_GE(count(slurp(daemon.log_file("short")), "last words of") + (cut_short ? 1 : 0), runs);
}

TEST_P(Logs, L8_an_exit_is_reported_at_once_though_a_grandchild_holds_the_pipe) {
  daemon.unit("parent",
              "command = ['sh', '-c', 'sleep 1000 & echo bye']\n[restart]\npolicy = 'never'\n[stop]\nscope = 'main'\n");
  daemon.start();
  daemon.await("parent", State::completed);
  EXPECT_EQ(daemon.log_lines("parent"), std::vector<std::string>{"bye"});
  daemon.process().signal(15);
  EXPECT_TRUE(daemon.process().wait(patience()).has_value());
  EXPECT_LE(sweep_children().size(), 1U);  // what escaped on purpose
}

TEST_P(Logs, L1_ten_megabytes_without_a_newline_do_not_block_the_writer) {
  daemon.unit("wide",
              "kind = 'task'\ncommand = ['sh', '-c', 'head -c 10000000 /dev/zero | tr \"\\\\0\" x; echo; echo end']\n"
              "[log]\nmax_size = '0'\n");
  daemon.start();
  daemon.await("wide", State::completed);
  EXPECT_EQ(daemon.await_line("wide", "end"), "end");
  daemon.stop();
  EXPECT_EQ(count(slurp(daemon.log_file("wide")), "x"), 10'000'000U);
}

TEST_P(Logs, S3_a_log_that_can_not_be_written_does_not_delay_the_end) {
  daemon.unit("web", "command = ['sh', '-c', 'echo hello; exec sleep 1000']\n[log]\npath = '/dev/full'\n");
  daemon.start();
  daemon.await_line("web", "hello");
  auto before = std::chrono::steady_clock::now();
  daemon.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, patience() / 10) << "nothing waited for the file";
}

TEST_P(Logs, P4_a_log_that_can_not_be_written_does_not_stop_the_service) {
  daemon.unit("full",
              "command = ['sh', '-c', 'for i in 1 2 3; do echo $i; done; echo said; exec sleep 1000']\n"
              "[log]\nto = ['file', 'memory']\npath = '/dev/full'\n");
  daemon.start();
  EXPECT_EQ(daemon.await_line("full", "said"), "said");
  EXPECT_EQ(daemon.status("full").state, State::running);
  daemon.stop();
}

SUPD_ON_EACH_ENGINE(Logs);

}  // namespace
}  // namespace supd::integration
