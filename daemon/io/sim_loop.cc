#include "daemon/io/sim_loop.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "units/base/assert.hpp"

namespace supd::io {
namespace {

/// Whatever its owner does.
bool runs_to_its_end(Op& op) { return op.get<WritePart>() != nullptr || op.get<JobPart>() != nullptr; }

}  // namespace

SimLoop::SimLoop(SimWorld& world, const Options& options) : world_(world), options_(options), random_(options.seed) {
  now_ = world_.now();
}

SimLoop::~SimLoop() {
  let_go();
  options_.perturb = false;  // from now on the kernel lets go at once
  wind_down(Duration{0});
}

void SimLoop::start(Op& op) {
  op.stage = Stage::armed;
  armed_.push_back(op.id);
}

void SimLoop::stop(Op& op) { post_error(op, ECANCELED); }

/// As with a real kernel, it may take until the next turn before it lets go of the op and its fd.
void SimLoop::abandon(Op& op) {
  if (runs_to_its_end(op) || op.delivering) return;
  if (!chance(2)) retire(op);
}

void SimLoop::let_go() {
  std::erase_if(armed_, [&](OpId id) {
    Op* op = slab_.find(id);
    if (op == nullptr) return true;
    if (!op->released || runs_to_its_end(*op)) return false;
    ++stats_.stale_completions;
    retire(*op);
    return true;
  });
}

void SimLoop::gather(Instant until) {
  let_go();
  stuck_ = false;
  wait_for_something(until);
  now_ = world_.now();
  post_ready(ready_ops());
}

void SimLoop::wait_for_something(Instant until) {
  world_.advance_to(world_.now());
  while (!anything_posted() && ready_ops().empty() && world_.now() < until) {
    const Instant next = std::min(until, world_.next_happening());
    stuck_ = next == Instant::never();
    if (stuck_ || chance(32)) return;  // as if a signal had come
    world_.advance_to(next);
  }
}

std::vector<OpId> SimLoop::ready_ops() {
  std::vector<OpId> out;
  for (const OpId id : armed_) {
    Op* op = slab_.find(id);
    if (op != nullptr && ready(*op)) out.push_back(id);
  }
  return out;
}

bool SimLoop::ready(Op& op) const {
  if (op.get<JobPart>() != nullptr) return true;
  if (op.get<PollPart>() != nullptr) return poll_result(op) != 0;
  if (op.get<WritePart>() != nullptr && world_.hangs(op.fd)) return false;
  const unsigned wanted = op.get<WritePart>() != nullptr ? POLLOUT : POLLIN;
  return (world_.readiness(op.fd) & (wanted | POLLERR | POLLHUP | POLLNVAL)) != 0;
}

unsigned SimLoop::poll_result(Op& op) const {
  return world_.readiness(op.fd) & (op.as<PollPart>().events | POLLERR | POLLHUP | POLLNVAL);
}

void SimLoop::post_ready(std::vector<OpId> ids) {
  if (options_.perturb) std::shuffle(ids.begin(), ids.end(), random_);
  bool any = anything_posted();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    // Not everything that is ready must come in this batch, but something must.
    const bool last_chance = i + 1 == ids.size() && !any;
    if (!last_chance && chance(4)) continue;
    any = true;
    post({ids[i]});
  }
}

void SimLoop::deliver(Op& op, const Completion&) {
  if (op.released && !runs_to_its_end(op)) return;  // until let_go()
  if (!ready(op)) return;                           // an earlier callback of this batch has changed the world
  if (op.get<ChildPart>() != nullptr) {
    deliver_child(op);
  } else if (auto* stream = op.get<StreamPart>(); stream != nullptr) {
    deliver_stream(op, *stream);
  } else if (op.get<PollPart>() != nullptr) {
    const unsigned revents = poll_result(op);
    const bool bad = (revents & POLLNVAL) != 0;
    finish_poll(op, bad ? 0 : revents, bad ? EBADF : 0);
  } else if (auto* part = op.get<JobPart>(); part != nullptr) {
    part->job->run();
    finish_job(op);
  } else {
    deliver_write(op, op.as<WritePart>());
  }
}

void SimLoop::deliver_child(Op& op) {
  if (!world_.is_open(op.fd)) return finish_child(op, {}, EBADF);
  if (!world_.knows_child(op.fd)) return finish_child(op, {}, ECHILD);
  finish_child(op, *world_.end_of(op.fd), 0);
}

void SimLoop::deliver_stream(Op& op, StreamPart& stream) {
  std::array<std::byte, piece_bytes_max> buffer;
  const std::size_t wanted = options_.perturb ? 1 + draw(buffer.size()) : buffer.size();
  const ssize_t size = world_.read(op.fd, std::span(buffer).first(wanted));
  if (size == -EAGAIN) return;
  if (size == 0) return finish_stream(op, StreamEnd::eof, 0);
  if (size < 0) return finish_stream(op, StreamEnd::failed, static_cast<int>(-size));
  give_bytes(op, stream, std::span(buffer).first(static_cast<std::size_t>(size)));
}

void SimLoop::deliver_write(Op& op, WritePart& write) {
  const std::size_t left = write.bytes.size() - write.written;
  const std::size_t wanted = options_.perturb ? 1 + draw(left) : left;
  const ssize_t size = world_.write(op.fd, std::string_view(write.bytes).substr(write.written, wanted));
  if (size == -EAGAIN) return;
  if (size < 0) return finish_write(op, static_cast<int>(-size));
  write.written += static_cast<std::size_t>(size);
  if (write.written == write.bytes.size()) finish_write(op, 0);
}

std::size_t SimLoop::draw(std::size_t below) {
  return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
}

}  // namespace supd::io
