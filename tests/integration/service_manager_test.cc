/// supd under a service manager: readiness, status, watchdog, reloads, sockets that are passed and kept.

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "daemon/control/unix_socket.hpp"
#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

/// The socket of NOTIFY_SOCKET, and what came over it.
class Manager {
 public:
  explicit Manager(const std::string& path) : path_(path), fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    std::memcpy(where.sun_path, path.data(), path.size());
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where), 0);
  }
  [[nodiscard]] std::string variable() const { return "NOTIFY_SOCKET=" + path_; }

  /// The next message that has `text` in it; "" when none comes.
  std::string await(std::string_view text) {
    auto end = std::chrono::steady_clock::now() + patience();
    while (std::chrono::steady_clock::now() < end) {
      std::string message = next();
      if (message.find(text) != std::string::npos) return message;
    }
    return "";
  }
  /// The fd that came with the last message.
  sys::UniqueFd passed;

 private:
  std::string next() {
    pollfd ready{fd_.get(), POLLIN, 0};
    if (::poll(&ready, 1, 1000) <= 0) return "";
    char text[1024];
    iovec part{text, sizeof text};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(ucred))];
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t length = ::recvmsg(fd_.get(), &message, MSG_CMSG_CLOEXEC);
    for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr; each = CMSG_NXTHDR(&message, each)) {
      if (each->cmsg_type != SCM_RIGHTS) continue;
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(each), sizeof fd);
      passed.reset(fd);
    }
    return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : "";
  }

  std::string path_;
  sys::UniqueFd fd_;
};

struct Managed : OnEachEngine {
  /// As a manager says that fd 3 is passed.
  static std::vector<std::string> says(const std::string& name) {
    return {"sh", "-c", "export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=" + name + "; exec \"$@\"", "sh"};
  }
  Scratch scratch;
  Manager manager{scratch.file("notify")};
};

TEST_P(Managed, it_is_told_of_readiness_of_states_and_of_the_end) {
  daemon.set_environment({manager.variable()});
  daemon.unit("web", "command = ['sleep', '1000']\n");
  daemon.start();
  EXPECT_NE(manager.await("READY=1"), "");
  daemon.operate("stop", "web");
  EXPECT_NE(manager.await("STATUS=1 units: 1 inactive"), "");
  daemon.stop();
  EXPECT_NE(manager.await("STOPPING=1"), "");
}

TEST_P(Managed, a_reload_is_told_with_its_begin_and_its_end) {
  daemon.set_environment({manager.variable()});
  daemon.unit("web", "command = ['sleep', '1000']\n");
  daemon.start();
  ASSERT_NE(manager.await("READY=1"), "");
  daemon.process().signal(SIGHUP);
  EXPECT_NE(manager.await("RELOADING=1\nMONOTONIC_USEC="), "");
  EXPECT_NE(manager.await("READY=1"), "");
  daemon.unit("web", "nonsense = 1\n");
  daemon.process().signal(SIGHUP);
  EXPECT_NE(manager.await("RELOADING=1"), "");
  EXPECT_NE(manager.await("READY=1"), "") << "also of one that was refused";
  daemon.stop();
}

TEST_P(Managed, the_watchdog_hears_from_the_loop) {
  daemon.set_environment({manager.variable(), "WATCHDOG_USEC=20000"});
  daemon.start();
  for (int i = 0; i < 5; ++i) ASSERT_NE(manager.await("WATCHDOG=1"), "");
  daemon.stop();
}

TEST_P(Managed, units_hear_nothing_of_it) {
  daemon.set_environment({manager.variable(), "WATCHDOG_USEC=20000000"});
  daemon.unit("web", "kind = 'task'\ncommand = ['sh', '-c', 'echo got:$NOTIFY_SOCKET:$WATCHDOG_USEC:']\n");
  daemon.start();
  daemon.await_line("web", "got:::");
  daemon.stop();
}

TEST_P(Managed, a_socket_that_is_passed_is_the_control_socket_and_stays) {
  auto socket = control::listen_unix(daemon.socket(), 0600);
  ASSERT_TRUE(socket.has_value());
  auto early = control::connect_unix(daemon.socket());
  ASSERT_TRUE(early.has_value()) << "who connects before supd is there is answered later";
  daemon.pass_fd(socket->get());
  daemon.unit("web", "command = ['sleep', '1000']\n");
  daemon.start({}, says("control"));
  EXPECT_EQ(daemon.status("web").name, "web");
  std::string_view hello = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}\n";
  ASSERT_TRUE(control::send_now(early->borrow(), hello).has_value());
  pollfd ready{early->get(), POLLIN, 0};
  EXPECT_EQ(
      ::poll(&ready, 1, static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(patience()).count())),
      1);
  daemon.process().signal(SIGTERM);
  ASSERT_TRUE(daemon.process().wait(patience()).has_value());
  EXPECT_TRUE(std::filesystem::exists(daemon.socket())) << "it belongs to who passed it";
}

TEST_P(Managed, P14_after_a_crash_the_next_supd_has_the_same_socket) {
  daemon.set_environment({manager.variable()});
  daemon.unit("web", "command = ['true']\nkind = 'task'\n");
  daemon.start();
  ASSERT_NE(manager.await("FDSTORE=1\nFDNAME=supd-control"), "");
  ASSERT_TRUE(manager.passed.valid());
  daemon.await("web", State::completed);
  daemon.process().signal(SIGKILL);
  ASSERT_TRUE(daemon.process().wait(patience()).has_value());
  auto between = control::connect_unix(daemon.socket());
  ASSERT_TRUE(between.has_value()) << "nobody is turned away meanwhile";
  daemon.pass_fd(manager.passed.get());
  daemon.start({}, says("supd-control"));
  daemon.stop();
  EXPECT_FALSE(std::filesystem::exists(daemon.socket())) << "it was supd's own";
}

TEST_P(Managed, a_passed_fd_that_is_no_socket_is_refused_and_says_so) {
  daemon.pass_fd(STDERR_FILENO);
  daemon.unit("web", "command = ['true']\n");
  EXPECT_THROW(daemon.start({}, says("control")), std::runtime_error);
  EXPECT_NE(daemon.output().find("no listening unix socket"), std::string::npos) << daemon.output();
}

SUPD_ON_EACH_ENGINE(Managed);

}  // namespace
}  // namespace supd::integration
