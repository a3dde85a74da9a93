/// The quickstart example: a real redis and a real nginx.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

sockaddr_in local_address(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A port that nobody listens on just now.
int free_port() {
  sys::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = local_address(0);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket.get(), raw, size) != 0 || ::getsockname(socket.get(), raw, &size) != 0) return 0;
  return ntohs(address.sin_port);
}

/// What a web server on the port answers to GET /, or "".
std::string page(int port) {
  sys::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = local_address(port);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return "";
  std::string_view request = "GET / HTTP/1.0\r\n\r\n";
  if (::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return "";
  std::string answer(65536, '\0');
  std::size_t size = 0;
  ssize_t got = 0;
  while ((got = ::recv(socket.get(), answer.data() + size, answer.size() - size, 0)) > 0) {
    size += static_cast<std::size_t>(got);
  }
  answer.resize(size);
  return answer;
}

/// N of "count N", else 0.
long number_in(std::string_view line) {
  return line.starts_with("count ") ? std::stol(std::string(line.substr(6))) : 0;
}

bool has_program(const std::string& name) {
  for (const char* folder : {"/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/"}) {
    if (::access((folder + name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

struct Servers : OnEachEngine {
  void SetUp() override {
    OnEachEngine::SetUp();
    for (const char* name : {"redis-server", "redis-cli", "nginx"}) {
      if (!has_program(name))
        GTEST_SKIP() << "SKIP: there is no " << name << " here; ./bootstrap install-deps brings it";
    }
    // A copy: the commands are relative to supd's working directory, and the source may be read-only.
    std::filesystem::copy(SUPD_SOURCE_ROOT "/config/examples/quickstart", daemon.scratch().file("quickstart"));
    daemon.set_units(".");
    daemon.set_environment({"SUPD_QUICKSTART_DIR=" + daemon.scratch().path(),
                            "SUPD_QUICKSTART_REDIS_PORT=" + std::to_string(free_port()),
                            "SUPD_QUICKSTART_HTTP_PORT=" + std::to_string(http_port_)});
  }
  void start() { daemon.start({}, {"sh", "-c", "cd \"$0\" && exec \"$@\"", daemon.scratch().file("quickstart")}); }

  int http_port_ = free_port();
};

TEST_P(Servers, quickstart_serves_a_page_counts_and_ends_without_a_trace) {
  start();
  daemon.await("site", State::running);
  daemon.await_line("worker", "count ");
  daemon.await_line("web", "start worker process ");
  EXPECT_NE(page(http_port_).find("supd quickstart: "), std::string::npos);
  EXPECT_EQ(daemon.status("seed").state, State::completed);
  daemon.stop(SIGINT);
}

TEST_P(Servers, redis_is_killed_and_comes_back_with_its_data) {
  start();
  long counted = number_in(daemon.await_line("worker", "count "));
  UnitEvent first = daemon.await("redis", State::running);
  ASSERT_EQ(::kill(static_cast<pid_t>(first.pid), SIGKILL), 0);
  daemon.await_run("redis", State::running, first.run + 1);
  daemon.await_line("worker", [&](std::string_view line) { return number_in(line) > counted; });
  daemon.stop();
}

SUPD_ON_EACH_ENGINE(Servers);

}  // namespace
}  // namespace supd::integration
