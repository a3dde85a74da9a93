/// Which fd waits for what: ops come and go during callbacks, the set is told once, before the wait.
/// Only the end of the last op on an fd is told at once, as the owner may close the fd right after it.

#include <cerrno>

#include "daemon/io/epoll_keys.hpp"
#include "daemon/io/epoll_loop.hpp"
#include "units/base/assert.hpp"

namespace supd::io {
namespace {

/// epoll's bits are poll(2)'s; errors and hang-ups are always reported and need not be asked for.
constexpr std::uint32_t poll_bits = 0xFFFF & ~std::uint32_t{EPOLLERR | EPOLLHUP};
constexpr std::uint32_t always_reported = EPOLLERR | EPOLLHUP;

std::uint32_t events_of(Op& op) {
  if (auto* poll = op.get<PollPart>(); poll != nullptr) return poll->events & poll_bits;
  return op.get<WritePart>() != nullptr ? std::uint32_t{EPOLLOUT} : std::uint32_t{EPOLLIN};
}

}  // namespace

void EpollLoop::attach(Op& op) {
  if (op.fd < 0) return post_error(op, EBADF);
  Watched& watched = watched_at(op.fd);
  op.next = watched.first;
  op.stage = Stage::armed;
  watched.first = op.id.slot;
  mark_dirty(op.fd);
}

void EpollLoop::detach(Op& op) {
  if (op.stage != Stage::armed) return;
  op.stage = Stage::idle;
  Watched& watched = watched_at(op.fd);
  std::uint32_t* link = &watched.first;
  while (*link != op.id.slot) link = &slab_.at(*link).next;
  *link = op.next;
  if (watched.first != no_op) return mark_dirty(op.fd);
  if (watched.in_set) set_->remove(op.fd);
  if (watched.always_ready) std::erase(always_ready_, op.fd);
  watched.in_set = watched.always_ready = false;
}

void EpollLoop::mark_dirty(int fd) {
  Watched& watched = watched_at(fd);
  if (watched.dirty) return;
  watched.dirty = true;
  dirty_.push_back(fd);
}

void EpollLoop::apply_dirty() {
  for (const int fd : dirty_) {
    Watched& watched = watched_at(fd);
    watched.dirty = false;
    if (watched.first != no_op && !watched.always_ready) apply(fd, watched);
  }
  dirty_.clear();
}

void EpollLoop::apply(int fd, Watched& watched) {
  const std::uint32_t events = wanted_events(watched);
  if (watched.in_set && watched.registered == events) return;
  const auto key = static_cast<std::uint64_t>(fd);
  int error = watched.in_set ? set_->modify(fd, events, key) : set_->add(fd, events, key);
  // Not to be expected; but a set that disagrees with us must not cost a service its log.
  if (error == EEXIST) error = set_->modify(fd, events, key);
  if (error == ENOENT) error = set_->add(fd, events, key);
  watched.in_set = error == 0;
  watched.registered = events;
  if (error == EPERM) {
    watched.always_ready = true;
    always_ready_.push_back(fd);
  } else if (error != 0) {
    fail_all(watched, error);
  }
}

void EpollLoop::fail_all(Watched& watched, int error) {
  for (std::uint32_t slot = watched.first; slot != no_op; slot = slab_.at(slot).next) post_error(slab_.at(slot), error);
}

std::uint32_t EpollLoop::wanted_events(const Watched& watched) {
  std::uint32_t events = 0;
  for (std::uint32_t slot = watched.first; slot != no_op; slot = slab_.at(slot).next)
    events |= events_of(slab_.at(slot));
  return events;
}

EpollLoop::Watched& EpollLoop::watched_at(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= watched_.size()) watched_.resize(index + 1);
  return watched_[index];
}

void EpollLoop::note_ready(int fd, std::uint32_t revents) {
  for (std::uint32_t slot = watched_at(fd).first; slot != no_op; slot = slab_.at(slot).next) {
    Op& op = slab_.at(slot);
    const std::uint32_t seen = revents & (events_of(op) | always_reported);
    if (seen != 0) post({op.id, static_cast<std::int32_t>(seen)});
  }
}

void EpollLoop::watch_signals() {
  if (signals_watched_ || !child_scan_.signals().valid()) return;
  signals_watched_ = set_->add(child_scan_.signals().get(), EPOLLIN, epoll::signals_key) == 0;
}

}  // namespace supd::io
