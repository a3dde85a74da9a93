#include "tests/integration/daemon.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace supd::integration {
namespace {

std::string from_environment(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : fallback;
}

std::string words(const ctl::Failure& failure) { return failure.text + " " + failure.advice; }

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text());
  return std::move(*result);
}

/// Waits for the byte that says "ready", or for the end of the pipe.
bool comes_up(int fd) {
  pollfd ready{fd, POLLIN, 0};
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(patience()).count();
  char byte = 0;
  return ::poll(&ready, 1, static_cast<int>(ms)) == 1 && ::read(fd, &byte, 1) == 1;
}

}  // namespace

std::string supd_program() { return from_environment("SUPD_BIN", SUPD_BUILD_ROOT "/daemon/supd"); }
std::string supctl_program() { return from_environment("SUPCTL_BIN", SUPD_BUILD_ROOT "/ctl/supctl"); }

Daemon::Daemon(std::string engine) : engine_(std::move(engine)), units_(scratch_.file("units")) {
  adopt_orphans();
  scratch_.write("units/.keep", "");
}

Daemon::~Daemon() {
  follower_.reset();
  control_.reset();
  process_.reset();
  static_cast<void>(sweep_children());
}

void Daemon::unit(std::string_view name, std::string_view toml) const {
  scratch_.write("units/" + std::string(name) + ".toml", toml);
}

std::string Daemon::log_file(std::string_view unit) const {
  return scratch_.file("logs/" + std::string(unit) + "/current");
}

void Daemon::start(const std::vector<std::string>& arguments, const std::vector<std::string>& wrapper) {
  std::array<int, 2> ready{};
  if (::pipe2(ready.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  sys::UniqueFd reader(ready[0]), writer(ready[1]);
  std::vector<std::string> argv = wrapper;
  for (const std::string& word :
       {supd_program(), std::string("-c"), units_, std::string("--socket"), socket(), std::string("--log-dir"),
        scratch_.file("logs"), std::string("--engine"), engine_, std::string("--ready-fd"), std::string("9")}) {
    argv.push_back(word);
  }
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  if (std::ranges::find(arguments, "--state-dir") == arguments.end()) {
    argv.insert(argv.end(), {"--state-dir", scratch_.file("state")});
  }
  ProgramOptions options{scratch_.file("supd.out"), {{writer.get(), 9}}, environment_};
  if (passed_ >= 0) options.fds.emplace_back(passed_, 3);
  follower_.reset();
  control_.reset();
  history_.clear();
  latest_.clear();
  process_ = std::make_unique<Program>(argv, options);
  writer.reset();
  if (!comes_up(reader.get())) fail("supd did not say that it is ready");
  control_.emplace(connect());
  follower_.emplace(connect());
  proto::Params everything;
  everything.follow = true;
  everything.lines = 100'000;
  if (auto sent = follower_->request("events", everything); !sent) fail("events: " + words(sent.error()));
}

ctl::Client Daemon::connect() {
  auto client = ctl::Client::connect(socket());
  if (!client) fail(words(client.error()));
  return std::move(*client);
}

proto::Message Daemon::call(std::string_view method, const proto::Params& params) {
  auto id = control_->request(method, params);
  if (!id) fail(std::string(method) + ": " + words(id.error()));
  auto answer = control_->answer(*id, ctl::now() + patience());
  if (!answer) fail(std::string(method) + ": " + words(answer.error()));
  return std::move(*answer);
}

ctl::Failure Daemon::refused(std::string_view method, const proto::Params& params) {
  auto id = control_->request(method, params);
  if (!id) fail(std::string(method) + ": " + words(id.error()));
  auto answer = control_->answer(*id, ctl::now() + patience());
  if (answer) fail(std::string(method) + " succeeded");
  return answer.error();
}

UnitStatus Daemon::status(const std::string& unit) {
  proto::Params params;
  params.units = {unit};
  auto all = must(call("status", params).statuses());
  if (all.size() != 1) fail("status of " + unit + " has " + std::to_string(all.size()) + " units");
  return all.front();
}

void Daemon::operate(std::string_view verb, const std::string& unit) {
  proto::Params params;
  params.units = {unit};
  params.wait = true;
  for (const auto& result : must(call(verb, params).results())) {
    EXPECT_TRUE(result.ok) << verb << " " << result.name << ": " << result.cause;
  }
}

std::vector<std::string> Daemon::log_lines(const std::string& unit) {
  proto::Params params;
  params.units = {unit};
  params.lines = 100'000;
  auto id = control_->request("logs", params);
  if (!id) fail("logs: " + words(id.error()));
  std::vector<std::string> lines;
  while (true) {
    auto message = control_->next(ctl::now() + patience());
    if (!message) fail("logs: " + words(message.error()));
    if (message->kind() == proto::MessageKind::notification) {
      for (const auto& record : must(message->records())) {
        bool marker = record.note && record.text.starts_with("run ");
        if (!marker) lines.push_back(record.text);
      }
    } else if (ctl::ends_request(*message, *id)) {
      return lines;
    }
  }
}

void Daemon::take(const UnitEvent& event) {
  auto before = latest_.find(event.unit);
  // A gap in the numbers means that events were dropped before we asked.
  bool gap = !history_.empty() && event.sequence != history_.back().sequence + 1;
  if (before != latest_.end() && !gap) {
    EXPECT_EQ(state_name(before->second.to), state_name(event.from)) << event.unit << ": " << history_text();
  }
  latest_[event.unit] = event;
  history_.push_back(event);
}

void Daemon::take_events(Instant deadline) {
  auto message = follower_->next(deadline);
  if (!message) throw std::runtime_error(words(message.error()));
  if (message->kind() != proto::MessageKind::notification) throw std::runtime_error("the event stream ended");
  for (const auto& event : must(message->events())) take(event);
}

UnitEvent Daemon::await_run(const std::string& unit, State state, std::uint64_t run) {
  Instant deadline = ctl::now() + patience();
  std::string what = unit + " did not become " + std::string(state_name(state));
  try {
    while (true) {
      auto last = latest_.find(unit);
      if (last != latest_.end() && last->second.to == state && last->second.run >= run) return last->second;
      take_events(deadline);
    }
  } catch (const std::runtime_error& error) {
    fail(what + ": " + error.what());
  }
}

UnitEvent Daemon::await(const std::string& unit, State state) { return await_run(unit, state, 0); }

UnitEvent Daemon::await_event(const std::string& what, const std::function<bool(const UnitEvent&)>& fits) {
  Instant deadline = ctl::now() + patience();
  try {
    for (std::size_t seen = 0;; take_events(deadline)) {
      for (; seen < history_.size(); ++seen) {
        if (fits(history_[seen])) return history_[seen];
      }
    }
  } catch (const std::runtime_error& error) {
    fail("no event: " + what + ": " + error.what());
  }
}

std::string Daemon::await_line(const std::string& unit, std::string_view text) {
  return await_line(unit, [text](std::string_view line) { return line.find(text) != line.npos; });
}

std::string Daemon::await_line(const std::string& unit, const std::function<bool(std::string_view)>& fits) {
  ctl::Client client = connect();
  proto::Params params;
  params.units = {unit};
  params.lines = 100'000;
  params.follow = true;
  auto id = client.request("logs", params);
  Instant deadline = ctl::now() + patience();
  std::string why = id ? "the stream of lines ended" : id.error().text;
  while (id) {
    auto message = client.next(deadline);
    if (!message) why = message.error().text;
    if (!message || message->kind() != proto::MessageKind::notification) break;
    for (const auto& record : must(message->records())) {
      if (fits(record.text)) return record.text;
    }
  }
  fail(unit + " did not log the line that was waited for: " + why);
}

std::string Daemon::history_text() const {
  std::string out;
  for (const auto& event : history_) {
    out += event.unit + " " + std::string(state_name(event.from)) + "->" + std::string(state_name(event.to)) + " (" +
           event.cause + ")\n";
  }
  return out;
}

void Daemon::fail(const std::string& what) {
  throw std::runtime_error(what + "\nevents:\n" + history_text() + "supd printed:\n" + output());
}

void Daemon::stop(int signal) {
  process_->signal(signal);
  expect_clean_end();
}

void Daemon::expect_clean_end() {
  auto exit = process_->wait(patience());
  if (!exit) fail("supd does not end");
  EXPECT_EQ(exit->text(), "exited with 0") << output();
  for (const auto& left : sweep_children()) ADD_FAILURE() << "left behind: " << left;
  EXPECT_NE(::access(socket().c_str(), F_OK), 0) << "the socket is still there";
}

}  // namespace supd::integration
