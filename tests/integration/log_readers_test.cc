/// supctl logs over real files: every line once, in order, whatever becomes of the files and of supd.

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

/// A supctl whose output is read as it comes.
class Reader {
 public:
  Reader(const Daemon& daemon, std::vector<std::string> words) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    out_.reset(pipe[0]);
    sys::UniqueFd theirs(pipe[1]);
    words.insert(words.begin(), {supctl_program(), "--socket", daemon.socket(), "logs"});
    program_.emplace(words, ProgramOptions{daemon.scratch().file("supctl.err"), {{theirs.get(), 1}}});
  }
  /// The next line; throws when none comes.
  std::string line() {
    while (true) {
      std::size_t end = text_.find('\n', at_);
      if (end != std::string::npos) {
        std::string line = text_.substr(at_, end - at_);
        at_ = end + 1;
        if (at_ > 1024UL * 1024) text_.erase(0, std::exchange(at_, 0));
        return line;
      }
      pollfd ready{out_.get(), POLLIN, 0};
      auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(patience()).count();
      std::array<char, 65536> chunk;
      ssize_t got = ::poll(&ready, 1, static_cast<int>(ms)) == 1 ? ::read(out_.get(), chunk.data(), chunk.size()) : 0;
      if (got <= 0) throw std::runtime_error("no further line from supctl logs");
      text_.append(chunk.data(), static_cast<std::size_t>(got));
    }
  }
  void stop_reading() { out_.reset(); }
  [[nodiscard]] Program& program() { return *program_; }

 private:
  sys::UniqueFd out_;
  std::optional<Program> program_;
  std::string text_;
  std::size_t at_ = 0;
};

struct LogReaders : OnEachEngine {
  [[nodiscard]] Ran logs(std::vector<std::string> words) const {
    words.insert(words.begin(), {supctl_program(), "--socket", daemon.socket(), "logs"});
    return run(words);
  }
  static std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
  static void expect_numbers(const std::vector<std::string>& found, std::size_t from, std::size_t to) {
    ASSERT_EQ(found.size(), to - from + 1);
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], std::to_string(from + i));
  }
  /// What is in the unit's files that are not compressed.
  void await_in_file(const std::string& unit, const std::string& text) {
    while (slurp(daemon.log_file(unit)).find(text) == std::string::npos) static_cast<void>(daemon.status(unit));
  }
  void await_compressed(const std::string& unit) {
    std::string folder = daemon.scratch().file("logs/" + unit);
    auto is_plain = [](const auto& entry) {
      std::string name = entry.path().filename();
      return name != "current" && !name.ends_with(".gz") && !name.ends_with(".zst");
    };
    auto any_plain = [&] { return std::ranges::any_of(std::filesystem::directory_iterator(folder), is_plain); };
    while (any_plain()) static_cast<void>(daemon.status(unit));
  }
};

TEST_P(LogReaders, L12_every_line_of_many_files_plain_and_compressed_is_there) {
  if (SUPD_HAS_GZIP == 0 || SUPD_HAS_ZSTD == 0) GTEST_SKIP() << "SKIP: this build has no zlib or no libzstd";
  auto unit = [&](const char* name, const char* format, const char* compress) {
    daemon.unit(name, std::string("command = ['sh', '-c', 'seq 100000; exec sleep 1000']\n[log]\nkeep = 0\n"
                                  "max_size = '500KB'\nformat = '") +
                          format + "'\ncompress = '" + compress + "'\n");
  };
  unit("plain", "text", "none");
  unit("gzip", "json", "gzip");
  unit("zstd", "text", "zstd");
  daemon.start();
  for (const char* name : {"plain", "gzip", "zstd"}) await_in_file(name, "100000");
  for (const char* name : {"gzip", "zstd"}) await_compressed(name);
  for (const char* name : {"plain", "gzip", "zstd"}) {
    expect_numbers(lines(logs({name, "-n", "200000", "-o", "raw"}).output), 1, 100'000);
    expect_numbers(lines(logs({name, "-n", "1234", "-o", "raw"}).output), 100'000 - 1233, 100'000);
    EXPECT_EQ(lines(logs({name, "--grep", "^77777$", "-o", "raw"}).output), std::vector<std::string>{"77777"});
  }
  EXPECT_EQ(lines(logs({"-n", "400000", "-o", "raw"}).output).size(), 300'000U);
  daemon.stop();
  // supd is gone, its files are not.
  auto offline =
      run({supctl_program(), "logs", "--directory", daemon.scratch().file("logs"), "-n", "400000", "-o", "raw"});
  EXPECT_EQ(lines(offline.output).size(), 300'000U);
  EXPECT_EQ(offline.exit.status, 0);
}

TEST_P(LogReaders, L12_following_over_rotation_and_compression_under_load_loses_and_repeats_nothing) {
  std::string compress = SUPD_HAS_GZIP != 0 ? "gzip" : "none";
  daemon.unit("talk", "command = ['sh', '-c', 'read -r go < " + daemon.scratch().file("go") +
                          "; seq 200000; exec sleep 1000']\n[log]\nkeep = 0\nmax_size = '100KB'\ncompress = '" +
                          compress + "'\n");
  ASSERT_EQ(::mkfifo(daemon.scratch().file("go").c_str(), 0600), 0);
  daemon.start();
  Reader reader(daemon, {"talk", "-f", "-n", "200000", "-o", "raw"});
  std::ofstream(daemon.scratch().file("go")) << "go\n";
  for (std::size_t i = 1; i <= 200'000; ++i) ASSERT_EQ(reader.line(), std::to_string(i));
  reader.program().signal(SIGINT);
  EXPECT_EQ(reader.program().wait(patience())->status, 130);
  EXPECT_EQ(slurp(daemon.scratch().file("supctl.err")), "");
  daemon.stop();
}

TEST_P(LogReaders, P14_following_goes_on_over_a_supd_that_is_killed_and_the_next_one) {
  std::string log = "[log]\nmax_size = '3KB'\nkeep = 0\npath = '" + daemon.scratch().file("kept/current") + "'\n";
  Daemon first{GetParam()};
  first.unit("talk", "kind = 'task'\ncommand = ['seq', '1', '1000']\n" + log);
  first.start();
  first.await("talk", State::completed);
  while (slurp(daemon.scratch().file("kept/current")).find(" o 1000\n") == std::string::npos) {
    static_cast<void>(first.status("talk"));
  }
  {
    Reader reader(first, {"talk", "-f", "-n", "2000", "-o", "raw"});
    for (std::size_t i = 1; i <= 1000; ++i) ASSERT_EQ(reader.line(), std::to_string(i));
    first.process().signal(SIGKILL);
    ASSERT_TRUE(first.process().wait(patience()).has_value());
    daemon.unit("talk", "kind = 'task'\ncommand = ['seq', '1001', '2000']\n" + log);
    daemon.start();
    for (std::size_t i = 1001; i <= 2000; ++i) ASSERT_EQ(reader.line(), std::to_string(i));
    // The kernel may take a moment to close the socket of a process with an io_uring.
    while (slurp(first.scratch().file("supctl.err")).find("supd is gone") == std::string::npos) {
      static_cast<void>(daemon.status("talk"));
    }
  }
  daemon.stop();
}

TEST_P(LogReaders, units_without_files_and_units_that_are_new_are_followed_too) {
  daemon.unit("mem", "command = ['sh', '-c', 'echo from memory; exec sleep 1000']\n[log]\nto = ['memory']\n");
  daemon.start();
  daemon.await_line("mem", "from memory");
  Reader reader(daemon, {"-f", "-n", "100", "-o", "json"});
  EXPECT_NE(reader.line().find("run 1, pid "), std::string::npos) << "each run begins with a marker";
  EXPECT_NE(reader.line().find("from memory"), std::string::npos);
  daemon.unit("late", "command = ['sh', '-c', 'echo I am new; exec sleep 1000']\n");
  static_cast<void>(daemon.call("config.apply"));
  while (reader.line().find("I am new") == std::string::npos) continue;
  reader.stop_reading();
  EXPECT_EQ(reader.program().wait(patience())->status, 0) << "quietly";
  daemon.stop();
}

TEST_P(LogReaders, L3_L4_what_is_in_a_file_is_harmless_and_nobodys_but_the_units) {
  daemon.unit("evil",
              "command = ['sh', '-c', 'printf \"\\\\033[2Jx\\\\r12:00:00.000 db | fine\\\\n\"; "
              "echo \"2026-01-01T00:00:00.000000Z - run 9, pid 1\"; exec sleep 1000']\n");
  daemon.start();
  daemon.await_line("evil", "run 9");
  await_in_file("evil", "run 9");
  std::string text = logs({}).output;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find(" evil | \\x1b[2Jx\\r12:00:00.000 db | fine\n"), std::string::npos) << text;
  EXPECT_NE(text.find(" evil | 2026-01-01T00:00:00.000000Z - run 9, pid 1\n"), std::string::npos) << text;
  EXPECT_EQ(logs({"--run", "9"}).output, "");
  daemon.stop();
}

TEST_P(LogReaders, L2_L5_bytes_come_back_as_they_were_over_rotation_boundaries) {
  daemon.unit(
      "bytes",
      "kind = 'task'\ncommand = ['sh', '-c', 'for i in $(seq 500); do printf \"\\\\303\\\\244\\\\377 %s\\\\n\" $i; "
      "done']\n[log]\nmax_size = '3KB'\nkeep = 0\n");
  daemon.start();
  daemon.await("bytes", State::completed);
  await_in_file("bytes", " 500\n");
  std::string expected;
  for (int i = 1; i <= 500; ++i) expected += "\xc3\xa4\xff " + std::to_string(i) + "\n";
  EXPECT_EQ(logs({"bytes", "-n", "1000", "-o", "raw"}).output, expected);
  daemon.stop();
}

TEST_P(LogReaders, a_line_is_shown_within_milliseconds) {
  std::string fifo = daemon.scratch().file("words");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  daemon.unit("echo", "command = ['cat', '" + fifo + "']\n");
  daemon.start();
  sys::UniqueFd words(::open(fifo.c_str(), O_RDWR | O_CLOEXEC));
  Reader reader(daemon, {"echo", "-f", "-o", "raw"});
  std::vector<std::int64_t> delays_us;
  for (int i = 0; i < 31; ++i) {
    std::string word = std::to_string(i);
    auto before = std::chrono::steady_clock::now();
    ASSERT_EQ(::write(words.get(), (word + "\n").data(), word.size() + 1), static_cast<ssize_t>(word.size() + 1));
    ASSERT_EQ(reader.line(), word);
    auto delay = std::chrono::steady_clock::now() - before;
    delays_us.push_back(std::chrono::duration_cast<std::chrono::microseconds>(delay).count());
  }
  std::ranges::sort(delays_us);
  RecordProperty("median_us", std::to_string(delays_us[15]));
  // supd gathers for 5 ms at most; a busy machine gets ten times the time that it takes.
  EXPECT_LT(delays_us[15], 100'000) << "us, median";
  reader.program().signal(SIGINT);
  EXPECT_TRUE(reader.program().wait(patience()).has_value());
  daemon.stop();
}

TEST_P(LogReaders, a_log_that_may_not_be_read_is_told_and_memory_shown) {
  if (::geteuid() != 0) GTEST_SKIP() << "SKIP: to run supctl as another user takes root";
  if (!std::filesystem::exists("/usr/bin/setpriv")) GTEST_SKIP() << "SKIP: there is no setpriv (util-linux)";
  daemon.scratch().write("supd.toml", "");
  daemon.unit("web", "command = ['sh', '-c', 'echo secret; exec sleep 1000']\n");
  daemon.start();
  daemon.await_line("web", "secret");
  await_in_file("web", "secret");
  // The socket is root's: what nobody may do is shown with the directory alone.
  std::filesystem::permissions(daemon.scratch().path(), std::filesystem::perms::all);
  std::string copy = daemon.scratch().file("supctl");
  std::filesystem::copy_file(supctl_program(), copy);
  auto asked = run({"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy, "logs", "--directory",
                    daemon.scratch().file("logs")});
  EXPECT_NE(asked.output.find("web: open "), std::string::npos) << asked.output;
  EXPECT_NE(asked.output.find("Permission denied"), std::string::npos) << asked.output;
  EXPECT_EQ(asked.output.find("secret\n"), std::string::npos);
  daemon.stop();
}

TEST_P(LogReaders, Of_units_in_memory_only_a_run_is_chosen_too) {
  daemon.unit("short", "kind = 'task'\ncommand = ['sh', '-c', 'echo words of $$']\n[log]\nto = ['memory']\n");
  daemon.start();
  std::vector<std::string> said;
  for (std::uint64_t run = 1; run <= 3; ++run) {
    if (run > 1) daemon.operate("restart", "short");
    daemon.await_run("short", State::completed, run);
    std::vector<std::string> all;
    while (all.size() < run) all = daemon.log_lines("short");
    said.push_back(all.back() + "\n");
  }
  EXPECT_EQ(logs({"-o", "raw", "--run", "0", "short"}).output, said[2]);
  EXPECT_EQ(logs({"-o", "raw", "--run", "-1", "short"}).output, said[1]);
  EXPECT_EQ(logs({"-o", "raw", "--run", "1", "short"}).output, said[0]);
  for (const char* none : {"-3", "99"}) {
    EXPECT_EQ(logs({"-o", "raw", "--run", none, "short"}).output,
              "supctl logs: --run: the log has no lines of run " + std::string(none) + "\n");
  }
  std::string json = logs({"-o", "json", "--stream", "stdout", "-n", "1", "short"}).output;
  EXPECT_NE(json.find("\"run\":3"), std::string::npos) << json;
  daemon.stop();
}

SUPD_ON_EACH_ENGINE(LogReaders);

}  // namespace
}  // namespace supd::integration
