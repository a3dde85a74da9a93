#include "tests/control/harness.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "daemon/control/unix_socket.hpp"
#include "daemon/sys/clock.hpp"

namespace supd::control {
namespace {

constexpr Duration patience = 20s;

}  // namespace

ScratchDirectory::ScratchDirectory() {
  const char* base = std::getenv("TMPDIR");
  std::string path = std::string(base == nullptr ? "/tmp" : base) + "/supd-control-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("mkdtemp " + path);
  ::chmod(path.c_str(), 0755);
  path_ = path;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void ControlTest::SetUp() {
  auto chosen = io::make_loop(GetParam());
  if (!chosen) GTEST_SKIP() << "this engine does not work here: " << chosen.error().text();
  loop = std::move(chosen->loop);
  make_server();
}

void ControlTest::TearDown() {
  server.reset();
  EXPECT_EQ(port.followers(), 0) << "a session ended without unfollow_log";
}

void ControlTest::make_server(const Access& access, const Bounds& bounds) {
  server = std::make_unique<Server>(*loop, port, access, bounds);
  port.server = server.get();
}

void ControlTest::listen() {
  auto listening = server->listen(path);
  ASSERT_TRUE(listening.has_value()) << listening.error().text();
}

std::unique_ptr<Client> ControlTest::connect() {
  auto socket = connect_unix(path);
  EXPECT_TRUE(socket.has_value()) << socket.error().text();
  return std::make_unique<Client>(socket ? std::move(*socket) : sys::UniqueFd());
}

std::unique_ptr<Client> ControlTest::adopted() {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
  server->adopt(sys::UniqueFd(ends[0]));
  return std::make_unique<Client>(sys::UniqueFd(ends[1]));
}

void ControlTest::until(const std::function<bool()>& done) {
  Instant deadline = sys::monotonic_now() + patience;
  while (!done()) {
    if (sys::monotonic_now() > deadline) FAIL() << "it did not happen";
    loop->turn(sys::monotonic_now() + 20ms);
  }
}

void ControlTest::settle() {
  for (std::uint64_t before = loop->stats().completions + 1; before != loop->stats().completions;) {
    before = loop->stats().completions;
    for (int i = 0; i < 3; ++i) loop->turn(sys::monotonic_now() + 5ms);
  }
}

std::string ControlTest::line(Client& client) {
  std::optional<std::string> found;
  until([&] {
    if (!found) found = client.line();
    return found.has_value() || client.at_end();
  });
  EXPECT_TRUE(found.has_value()) << "the server closed";
  return found.value_or("");
}

proto::Message ControlTest::message(Client& client) {
  auto message = proto::parse_message(line(client));
  if (!message) throw std::runtime_error(message.error().text());
  return std::move(*message);
}

proto::Message ControlTest::answer(Client& client, std::int64_t id) {
  for (;;) {
    proto::Message next = message(client);
    if (next.kind() != proto::MessageKind::notification) {
      EXPECT_EQ(next.id(), id);
      return next;
    }
    notifications.push_back(std::move(next));
  }
}

void ControlTest::expect_fault(Client& client, std::int64_t id, int code, std::string_view part_of_message) {
  proto::Message next = answer(client, id);
  EXPECT_EQ(next.kind(), proto::MessageKind::error);
  EXPECT_EQ(next.fault().code, code) << next.fault().message;
  EXPECT_NE(next.fault().message.find(part_of_message), std::string::npos) << next.fault().message;
}

void ControlTest::expect_end(Client& client) {
  until([&] { return !client.line().has_value() && client.at_end(); });
}

void ControlTest::expect_alive(Client& client) {
  client.request(999'999, "hello");
  EXPECT_EQ(answer(client, 999'999).hello()->engine, "fake");
}

std::string engine_label(const testing::TestParamInfo<io::Engine>& info) {
  return info.param == io::Engine::uring ? "uring" : "epoll";
}

}  // namespace supd::control
