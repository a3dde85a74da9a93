#pragma once

/// A server on a real loop of either engine, a fake daemon behind it, and clients in front of it.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/control/server.hpp"
#include "daemon/io/engine.hpp"
#include "tests/control/client.hpp"
#include "tests/control/fake_port.hpp"

namespace supd::control {

/// A directory that other users may enter, removed at the end.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class ControlTest : public testing::TestWithParam<io::Engine> {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// For tests that need other bounds or lists: before the first client.
  void make_server(const Access& access = {}, const Bounds& bounds = {});
  void listen();

  std::unique_ptr<Client> connect();  ///< to the listening socket
  std::unique_ptr<Client> adopted();  ///< over a socket pair

  /// Turns the loop until `done`, or fails the test after some seconds.
  void until(const std::function<bool()>& done);
  /// Turns the loop until nothing has been due for a moment.
  void settle();
  std::string line(Client& client);
  proto::Message message(Client& client);
  /// The answer to request `id`; notifications on the way are kept in `notifications`.
  proto::Message answer(Client& client, std::int64_t id);
  void expect_fault(Client& client, std::int64_t id, int code, std::string_view part_of_message = {});
  void expect_end(Client& client);
  void expect_alive(Client& client);

  ScratchDirectory scratch;
  std::string path = scratch.path() + "/control.sock";
  std::unique_ptr<io::Loop> loop;
  FakePort port;
  std::unique_ptr<Server> server;
  std::vector<proto::Message> notifications;
};

std::string engine_label(const testing::TestParamInfo<io::Engine>& info);

}  // namespace supd::control

#define ON_BOTH_ENGINES(suite) \
  INSTANTIATE_TEST_SUITE_P(Engines, suite, testing::Values(io::Engine::uring, io::Engine::epoll), engine_label)
