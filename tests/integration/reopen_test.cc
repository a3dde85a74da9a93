/// Others at work on log files: logrotate and people who rename, empty and delete them.

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

struct Reopen : OnEachEngine {
  /// Says a number for each signal, so that the test knows what was said when.
  void SetUp() override {
    OnEachEngine::SetUp();
    if (IsSkipped()) return;
    daemon.unit("talk",
                "command = ['sh', '-c', 'i=0; trap \"echo \\$((i=i+1))\" USR2; echo up; while :; do sleep 1000 & wait; "
                "done']\n");
    daemon.start();
    daemon.await_line("talk", "up");
    until_written("up");
  }
  /// Has it say the next number, and waits until that is in memory.
  void say(int number) {
    proto::Params params;
    params.units = {"talk"};
    params.signal = "SIGUSR2";
    static_cast<void>(daemon.call("signal", params));
    daemon.await_line("talk", [&](std::string_view line) { return line == std::to_string(number); });
  }
  void until_written(const std::string& what) {
    until([&] { return slurp(current).find(" o " + what + "\n") != std::string::npos; });
  }
  void until(const std::function<bool()>& done) {
    Instant end = ctl::now() + patience();
    while (!done()) {
      ASSERT_LT(ctl::now(), end) << daemon.output();
      static_cast<void>(daemon.status("talk"));
    }
  }
  [[nodiscard]] static bool holds(const std::string& file, const std::string& what) {
    return slurp(file).find(" o " + what + "\n") != std::string::npos;
  }

  std::string current = daemon.log_file("talk"), away = current + ".1";
};

TEST_P(Reopen, L13_supctl_reopen_makes_a_new_file_at_once_and_no_line_is_lost) {
  say(1);
  until_written("1");
  std::filesystem::rename(current, away);
  Ran ran = run({supctl_program(), "--socket", daemon.socket(), "reopen", "talk"});
  EXPECT_EQ(ran.exit.status, 0) << ran.output;
  EXPECT_NE(ran.output.find("talk"), std::string::npos) << ran.output;
  until([&] { return std::filesystem::exists(current); });
  say(2);
  until_written("2");
  EXPECT_TRUE(holds(away, "1"));
  EXPECT_FALSE(holds(away, "2"));
  Ran json = run({supctl_program(), "--socket", daemon.socket(), "-o", "json", "reopen"});
  EXPECT_NE(json.output.find("\"units\""), std::string::npos) << json.output;
  Ran wrong = run({supctl_program(), "--socket", daemon.socket(), "reopen", "tlak"});
  EXPECT_NE(wrong.exit.status, 0);
  EXPECT_NE(wrong.output.find("talk"), std::string::npos) << wrong.output;
  daemon.stop();
}

TEST_P(Reopen, L13_SIGUSR1_does_so_for_all_units) {
  std::filesystem::rename(current, away);
  daemon.process().signal(SIGUSR1);
  until([&] { return std::filesystem::exists(current); });
  say(1);
  until_written("1");
  EXPECT_NE(daemon.output().find("SIGUSR1"), std::string::npos);
  daemon.stop();
}

TEST_P(Reopen, L13_after_copytruncate_lines_go_to_the_new_end) {
  say(1);
  until_written("1");
  std::filesystem::copy_file(current, away);
  std::filesystem::resize_file(current, 0);
  say(2);
  until_written("2");
  daemon.stop();
  EXPECT_TRUE(holds(away, "1"));
  EXPECT_TRUE(slurp(current).starts_with("20")) << "no hole of zeros before it";
}

TEST_P(Reopen, L13_a_deleted_file_and_a_removed_directory_are_made_again) {
  std::filesystem::remove(current);
  static_cast<void>(daemon.call("reopen"));
  say(1);
  until_written("1");
  std::filesystem::remove_all(std::filesystem::path(current).parent_path());
  static_cast<void>(daemon.call("reopen"));
  say(2);
  until_written("2");
  daemon.stop();
}

SUPD_ON_EACH_ENGINE(Reopen);

}  // namespace
}  // namespace supd::integration
