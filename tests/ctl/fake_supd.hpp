#pragma once

/// A control socket with a script behind it: a thread that answers each request with what a function
/// of the test says.

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ctl/proto/request.hpp"
#include "daemon/sys/fd.hpp"

namespace supd::ctl::test {

/// What to do with one request.
struct Answer {
  std::string bytes;   ///< sent as they are
  bool close = false;  ///< then hang up
};

class FakeSupd {
 public:
  using Script = std::function<Answer(const proto::Request&)>;

  explicit FakeSupd(Script script);
  FakeSupd(const FakeSupd&) = delete;
  FakeSupd& operator=(const FakeSupd&) = delete;
  ~FakeSupd();

  [[nodiscard]] const std::string& path() const { return path_; }
  /// What was asked so far.
  [[nodiscard]] std::vector<proto::Request> requests() const;

 private:
  void serve();
  void talk(int client);
  /// False: the test is over.
  [[nodiscard]] bool readable(int fd) const;

  Script script_;
  std::string directory_, path_;
  sys::UniqueFd listener_, stop_read_, stop_write_;
  mutable std::mutex mutex_;
  std::vector<proto::Request> requests_;
  std::thread thread_;
};

/// An error reply to `request`.
[[nodiscard]] Answer fault(const proto::Request& request, int code, const std::string& message,
                           const std::string& nearest = {});

}  // namespace supd::ctl::test
