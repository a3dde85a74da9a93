// Too many clients, and no free file descriptors (C3, C4).

#include <fcntl.h>
#include <sys/resource.h>

#include "tests/control/harness.hpp"

namespace supd::control {
namespace {

class Scarcity : public ControlTest {};
ON_BOTH_ENGINES(Scarcity);

TEST_P(Scarcity, C3_a_thousand_clients_either_get_a_session_or_are_told_why_not) {
  listen();
  constexpr std::size_t count = 400;  // twice that many fds: both ends are in this process
  std::vector<std::unique_ptr<Client>> clients;
  std::size_t opened = 0;
  auto settled = [&] { return server->counters().clients + server->counters().refused_full == opened; };
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(connect());
    ++opened;
    if (i % 50 == 49) until(settled);
  }
  until(settled);
  EXPECT_EQ(server->sessions(), Bounds{}.sessions);
  std::size_t told = 0;
  for (auto& client : clients) {
    auto line = client->line();
    if (!line) continue;
    ++told;
    EXPECT_NE(line->find("too many clients"), std::string::npos);
    EXPECT_TRUE(client->at_end());
  }
  EXPECT_EQ(told, count - Bounds{}.sessions);
  expect_alive(*clients.front());
  clients.resize(100);
  until([&] { return server->sessions() == 100; });
  expect_alive(*connect());
}

/// Leaves this process exactly `free_fds` file descriptors.
class FewFds {
 public:
  explicit FewFds(int free_fds) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit few = before_;
    int probe = ::open("/", O_PATH | O_CLOEXEC);
    few.rlim_cur = static_cast<rlim_t>(probe) + 200;
    ::close(probe);
    ::setrlimit(RLIMIT_NOFILE, &few);
    for (int fd = -1; (fd = ::open("/", O_PATH | O_CLOEXEC)) >= 0;) fillers_.emplace_back(fd);
    for (int i = 0; i < free_fds && !fillers_.empty(); ++i) fillers_.pop_back();
  }
  ~FewFds() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
  std::vector<sys::UniqueFd> fillers_;
};

TEST_P(Scarcity, C4_without_a_free_fd_a_client_is_told_and_the_loop_does_not_spin) {
  Bounds bounds;
  bounds.accept_pause = 30ms;
  make_server({}, bounds);
  listen();
  auto first = connect();
  expect_alive(*first);
  {
    FewFds few(3);
    auto a = connect();
    auto b = connect();
    auto c = connect();
    std::uint64_t turns = loop->stats().turns;
    until([&] { return server->counters().refused_no_fd == 3; });
    EXPECT_LT(loop->stats().turns - turns, 100U);
    for (Client* client : {a.get(), b.get(), c.get()}) {
      EXPECT_NE(line(*client).find("no free file descriptor"), std::string::npos);
      expect_end(*client);
    }
    expect_alive(*first);
  }
  auto later = connect();
  expect_alive(*later);
  EXPECT_EQ(server->counters().accept_failures, 0U);
}

TEST_P(Scarcity, C4_sessions_come_and_go_without_leaving_fds_or_memory) {
  listen();
  auto fds = [] {
    sys::UniqueFd next(::open("/", O_PATH | O_CLOEXEC));
    return next.get();
  };
  expect_alive(*connect());
  until([&] { return server->sessions() == 0; });
  settle();
  int before = fds();
  for (int i = 0; i < 500; ++i) {
    auto client = connect();
    if (i % 2 == 0) expect_alive(*client);
  }
  until([&] { return server->sessions() == 0 && server->counters().clients == 501; });
  settle();
  EXPECT_EQ(fds(), before);
  EXPECT_EQ(server->held_bytes(), 0U);
}

}  // namespace
}  // namespace supd::control
