// Who gets an answer (C3 "wrong uid", P13).

#include <fcntl.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <utility>

#include "daemon/control/unix_socket.hpp"
#include "tests/control/harness.hpp"

namespace supd::control {
namespace {

Peer peer(uid_t uid, std::vector<gid_t> gids) { return {1, uid, std::move(gids), Role::none}; }

TEST(Role, P13_nobody_but_root_and_ones_own_user_has_a_role_unless_listed) {
  Access none;
  EXPECT_EQ(role_of(none, peer(0, {0}), 1000), Role::admin);
  EXPECT_EQ(role_of(none, peer(1000, {1000}), 1000), Role::admin);
  EXPECT_EQ(role_of(none, peer(1001, {0, 1000}), 1000), Role::none);
  EXPECT_EQ(role_of(none, peer(65534, {}), 0), Role::none);
  EXPECT_FALSE(none.open_to_others());
}

TEST(Role, the_highest_list_that_names_a_peer_counts) {
  Access access{.read = {{1, 2, 3}, {10}}, .operate = {{2}, {20}}, .admin = {{3}, {30}}};
  EXPECT_TRUE(access.open_to_others());
  EXPECT_EQ(role_of(access, peer(1, {}), 0), Role::read);
  EXPECT_EQ(role_of(access, peer(2, {}), 0), Role::operate);
  EXPECT_EQ(role_of(access, peer(3, {}), 0), Role::admin);
  EXPECT_EQ(role_of(access, peer(4, {5, 10}), 0), Role::read);
  EXPECT_EQ(role_of(access, peer(4, {20, 10}), 0), Role::operate);
  EXPECT_EQ(role_of(access, peer(4, {30}), 0), Role::admin);
  EXPECT_EQ(role_of(access, peer(4, {5}), 0), Role::none);
}

class Strangers : public ControlTest {
 protected:
  static constexpr uid_t stranger = 54321;

  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become another user";
    ControlTest::SetUp();
  }

  /// What a process of `uid` gets when it connects and sends `text`: the first line, or an errno in words.
  std::string ask_as(uid_t uid, gid_t group, const std::string& text, const std::function<void()>& meanwhile = {}) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    sys::UniqueFd from_child(ends[0]), to_parent(ends[1]);
    pid_t pid = ::fork();
    if (pid == 0) child(uid, group, text, to_parent.get());
    to_parent.reset();
    std::string got;
    std::array<char, 4096> bytes{};
    ::fcntl(from_child.get(), F_SETFL, O_NONBLOCK);
    until([&] {
      if (meanwhile) meanwhile();
      ssize_t length = ::read(from_child.get(), bytes.data(), bytes.size());
      if (length > 0) got.append(bytes.data(), static_cast<std::size_t>(length));
      return length == 0;
    });
    ::waitpid(pid, nullptr, 0);
    return got;
  }

 private:
  [[noreturn]] void child(uid_t uid, gid_t group, const std::string& text, int report) const {
    bool changed = ::setgroups(1, &group) == 0 && ::setresgid(uid, uid, uid) == 0 && ::setresuid(uid, uid, uid) == 0;
    if (!changed) ::_exit(1);
    auto socket = connect_unix(path);
    std::string got;
    if (!socket) got = socket.error().text();
    if (socket) {
      ::fcntl(socket->get(), F_SETFL, 0);
      [[maybe_unused]] ssize_t sent = ::send(socket->get(), text.data(), text.size(), MSG_NOSIGNAL);
      std::array<char, 4096> bytes{};
      ssize_t length = ::recv(socket->get(), bytes.data(), bytes.size(), 0);
      if (length > 0) got.assign(bytes.data(), static_cast<std::size_t>(length));
    }
    [[maybe_unused]] ssize_t written = ::write(report, got.data(), got.size());
    ::_exit(0);
  }
};
ON_BOTH_ENGINES(Strangers);

constexpr const char* ask_status = "{\"id\":1,\"method\":\"status\"}\n";
constexpr const char* ask_stop = "{\"id\":1,\"method\":\"stop\",\"params\":{\"units\":[\"web\"]}}\n";

TEST_P(Strangers, C3_P13_the_socket_of_a_private_supd_does_not_open) {
  ::umask(0);
  listen();
  ::umask(022);
  struct stat file {};
  ASSERT_EQ(::stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600U);
  EXPECT_NE(ask_as(stranger, stranger, ask_status).find("Permission denied"), std::string::npos);
  EXPECT_EQ(server->counters().clients, 0U);
}

TEST_P(Strangers, C3_P13_a_user_that_no_list_names_is_told_so_and_nothing_else) {
  make_server(Access{.read = {{4711}, {}}, .operate = {}, .admin = {}});
  port.add("secret");
  ::umask(077);
  listen();
  ::umask(022);
  std::string got = ask_as(stranger, stranger, ask_status);
  EXPECT_NE(got.find("\"code\":6"), std::string::npos) << got;
  EXPECT_NE(got.find("not permitted: uid 54321"), std::string::npos) << got;
  EXPECT_EQ(got.find("secret"), std::string::npos);
  EXPECT_EQ(server->counters().refused_role, 1U);
  EXPECT_EQ(port.statuses, 0U);
}

TEST_P(Strangers, P13_a_reader_may_look_and_not_touch) {
  make_server(Access{.read = {{stranger}, {}}, .operate = {}, .admin = {}});
  port.add("web", State::running);
  listen();
  EXPECT_NE(ask_as(stranger, stranger, ask_status).find("\"name\":\"web\""), std::string::npos);
  std::string got = ask_as(stranger, stranger, ask_stop);
  EXPECT_NE(got.find("\"code\":6"), std::string::npos) << got;
  EXPECT_NE(got.find("stop needs the role operate"), std::string::npos) << got;
  EXPECT_TRUE(port.given.empty());
  EXPECT_EQ(server->counters().refused_requests, 1U);
}

TEST_P(Strangers, P13_secrets_are_revealed_to_admins_alone) {
  make_server(Access{.read = {}, .operate = {{stranger}, {}}, .admin = {}});
  port.add("web");
  listen();
  const char* show = "{\"id\":1,\"method\":\"show\",\"params\":{\"unit\":\"web\",\"key\":\"env\",\"reveal\":%s}}\n";
  std::array<char, 128> text{};
  std::snprintf(text.data(), text.size(), show, "true");
  std::string got = ask_as(stranger, stranger, text.data());
  EXPECT_NE(got.find("reveal needs the role admin"), std::string::npos) << got;
  EXPECT_EQ(got.find("abc"), std::string::npos);
  std::snprintf(text.data(), text.size(), show, "false");
  EXPECT_NE(ask_as(stranger, stranger, text.data()).find("env.TOKEN"), std::string::npos);
}

TEST_P(Strangers, P13_who_loses_every_role_is_closed_while_connected) {
  make_server(Access{.read = {{stranger}, {}}, .operate = {}, .admin = {}});
  port.add("web");
  listen();
  const char* wait = "{\"method\":\"wait\",\"params\":{\"units\":[\"web\"]}}\n";
  bool taken = false;
  std::string got = ask_as(stranger, stranger, wait, [&] {
    if (server->counters().requests == 1 && !std::exchange(taken, true)) server->set_access({});
  });
  EXPECT_TRUE(taken);
  EXPECT_EQ(got, "") << "closed without an answer";
}

TEST_P(Strangers, a_supplementary_group_counts) {
  make_server(Access{.read = {}, .operate = {{}, {777}}, .admin = {}});
  port.add("web");
  listen();
  EXPECT_NE(ask_as(stranger, 777, ask_stop).find("\"ok\":true"), std::string::npos);
  EXPECT_NE(ask_as(stranger, 777, "{\"id\":1,\"method\":\"shutdown\"}\n").find("\"code\":6"), std::string::npos);
  EXPECT_TRUE(port.shutdowns.empty());
}

TEST_P(Strangers, P13_guests_can_not_lock_an_admin_out) {
  Bounds bounds;
  bounds.sessions = 8;
  bounds.guest_sessions = 4;
  make_server(Access{.read = {{stranger}, {}}, .operate = {}, .admin = {}}, bounds);
  listen();
  std::vector<std::unique_ptr<Client>> guests;
  ASSERT_EQ(::seteuid(stranger), 0);
  for (int i = 0; i < 6; ++i) guests.push_back(connect());
  ASSERT_EQ(::seteuid(0), 0);
  until([&] { return server->counters().refused_full == 2; });
  expect_alive(*connect());
}

}  // namespace
}  // namespace supd::control
