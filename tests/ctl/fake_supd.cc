#include "tests/ctl/fake_supd.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "ctl/proto/frames.hpp"
#include "ctl/proto/reply.hpp"
#include "units/base/assert.hpp"

namespace supd::ctl::test {

FakeSupd::FakeSupd(Script script) : script_(std::move(script)) {
  std::string pattern = "/tmp/supctl-test-XXXXXX";
  SUPD_ASSERT(::mkdtemp(pattern.data()) != nullptr);
  directory_ = pattern;
  path_ = directory_ + "/control.sock";
  std::array<int, 2> ends{};
  SUPD_ASSERT(::pipe2(ends.data(), O_CLOEXEC) == 0);
  stop_read_.reset(ends[0]);
  stop_write_.reset(ends[1]);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  SUPD_ASSERT(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  SUPD_ASSERT(::listen(listener_.get(), 16) == 0);
  thread_ = std::thread([this] { serve(); });
}

FakeSupd::~FakeSupd() {
  stop_write_.reset();
  thread_.join();
  ::unlink(path_.c_str());
  ::rmdir(directory_.c_str());
}

std::vector<proto::Request> FakeSupd::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

bool FakeSupd::readable(int fd) const {
  std::array<pollfd, 2> fds{pollfd{fd, POLLIN, 0}, pollfd{stop_read_.get(), POLLIN, 0}};
  while (::poll(fds.data(), fds.size(), -1) < 0) continue;
  return fds[1].revents == 0;
}

void FakeSupd::serve() {
  while (readable(listener_.get())) {
    sys::UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (client.valid()) talk(client.get());
  }
}

void FakeSupd::talk(int client) {
  proto::Framer framer;
  std::array<char, 4096> chunk{};
  while (readable(client)) {
    ssize_t got = ::recv(client, chunk.data(), chunk.size(), 0);
    if (got <= 0) return;
    framer.push(std::string_view(chunk.data(), static_cast<std::size_t>(got)));
    while (auto frame = framer.next()) {
      auto request = proto::parse_request(*frame);
      if (!request) return;
      {
        std::lock_guard lock(mutex_);
        requests_.push_back(*request);
      }
      Answer answer = script_(*request);
      std::string_view rest = answer.bytes;
      while (!rest.empty()) {
        ssize_t sent = ::send(client, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        rest.remove_prefix(static_cast<std::size_t>(sent));
      }
      if (answer.close) return;
    }
  }
}

Answer fault(const proto::Request& request, int code, const std::string& message, const std::string& nearest) {
  proto::RpcFault fault;
  fault.code = code;
  fault.message = message;
  fault.nearest = nearest;
  fault.id_json = request.id_json;
  Answer answer;
  proto::write_fault(answer.bytes, fault);
  return answer;
}

}  // namespace supd::ctl::test
