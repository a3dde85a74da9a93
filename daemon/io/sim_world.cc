#include "daemon/io/sim_world.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "units/base/assert.hpp"

namespace supd::io {

SimWorld::PipeEnds SimWorld::make_pipe(std::size_t capacity) {
  auto pipe = std::make_shared<Object>(Object{.kind = Object::Kind::pipe, .capacity = capacity});
  const int reader = open(pipe, false);
  return {reader, open(pipe, true)};
}

ssize_t SimWorld::write(int fd, std::string_view bytes) {
  const auto found = open_.find(fd);
  if (found == open_.end()) return -EBADF;
  Object& object = *found->second.object;
  if (object.write_error != 0) return -object.write_error;
  if (object.kind == Object::Kind::pipe) {
    if (!found->second.writes) return -EBADF;
    if (object.readers == 0) return -EPIPE;
    bytes = bytes.substr(0, object.capacity - object.bytes.size());
    if (bytes.empty()) return -EAGAIN;
  }
  object.bytes += bytes;
  return static_cast<ssize_t>(bytes.size());
}

ssize_t SimWorld::read(int fd, std::span<std::byte> into) {
  const auto found = open_.find(fd);
  if (found == open_.end() || found->second.writes) return -EBADF;
  Object& object = *found->second.object;
  if (object.kind != Object::Kind::pipe) return -EINVAL;
  if (object.bytes.empty()) return object.writers == 0 ? 0 : -EAGAIN;
  const std::size_t size = std::min(into.size(), object.bytes.size());
  std::memcpy(into.data(), object.bytes.data(), size);
  object.bytes.erase(0, size);
  return static_cast<ssize_t>(size);
}

int SimWorld::duplicate(int fd) {
  const OpenFd original = open_.at(fd);
  return open(original.object, original.writes);
}

void SimWorld::close(int fd) {
  const auto found = open_.find(fd);
  SUPD_ASSERT(found != open_.end());  // a double close: in a real process it would hit a stranger
  --(found->second.writes ? found->second.object->writers : found->second.object->readers);
  open_.erase(found);
}

unsigned SimWorld::readiness(int fd) const {
  const auto found = open_.find(fd);
  if (found == open_.end()) return POLLNVAL;
  const Object& object = *found->second.object;
  switch (object.kind) {
    case Object::Kind::file: return POLLIN | POLLOUT;
    case Object::Kind::child: return object.end ? POLLIN : 0;
    case Object::Kind::pipe: break;
  }
  if (found->second.writes) {
    return (object.readers == 0 ? POLLERR : 0U) | (object.bytes.size() < object.capacity ? POLLOUT : 0U);
  }
  return (object.bytes.empty() ? 0U : POLLIN) | (object.writers == 0 ? POLLHUP : 0U);
}

SimWorld::Child SimWorld::start_child() {
  auto child = std::make_shared<Object>(Object{.kind = Object::Kind::child, .pid = next_pid_++});
  children_[child->pid] = child;
  return {child->pid, open(child, false)};
}

void SimWorld::end_child(pid_t pid, ExitStatus how) {
  const auto found = children_.find(pid);
  if (found != children_.end() && !found->second->end) found->second->end = how;
}

std::optional<ExitStatus> SimWorld::end_of(int pidfd) const {
  const Object* child = find(pidfd);
  return child != nullptr && child->kind == Object::Kind::child ? child->end : std::nullopt;
}

bool SimWorld::knows_child(int pidfd) const {
  const Object* child = find(pidfd);
  return child != nullptr && child->kind == Object::Kind::child && !child->reaped;
}

bool SimWorld::reap(pid_t pid) {
  const auto found = children_.find(pid);
  if (found == children_.end() || !found->second->end) return false;
  found->second->reaped = true;
  children_.erase(found);
  return true;
}

int SimWorld::make_file() { return open(std::make_shared<Object>(Object{.kind = Object::Kind::file}), true); }

std::string SimWorld::contents(int fd) const {
  const Object* file = find(fd);
  return file != nullptr ? file->bytes : std::string();
}

void SimWorld::fail_writes(int fd, int error) { open_.at(fd).object->write_error = error; }

void SimWorld::hang_writes(int fd, bool hang) { open_.at(fd).object->hangs = hang; }

bool SimWorld::hangs(int fd) const {
  const Object* file = find(fd);
  return file != nullptr && file->hangs;
}

Instant SimWorld::next_happening() const { return happenings_.empty() ? Instant::never() : happenings_.begin()->first; }

void SimWorld::advance_to(Instant when) {
  while (!happenings_.empty() && happenings_.begin()->first <= when) {
    const auto next = happenings_.begin();
    now_ = std::max(now_, next->first);
    const std::function<void()> what = std::move(next->second);
    happenings_.erase(next);
    what();
  }
  if (when != Instant::never()) now_ = std::max(now_, when);
}

int SimWorld::open(std::shared_ptr<Object> object, bool writes) {
  // The lowest free number, as in a real process: fds are reused at once.
  int fd = first_fd;
  for (const auto& [number, unused] : open_) {
    if (number != fd) break;
    ++fd;
  }
  ++(writes ? object->writers : object->readers);
  open_[fd] = {std::move(object), writes};
  return fd;
}

SimWorld::Object* SimWorld::find(int fd) const {
  const auto found = open_.find(fd);
  return found == open_.end() ? nullptr : found->second.object.get();
}

}  // namespace supd::io
