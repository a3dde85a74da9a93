#include "daemon/control/server.hpp"

#include <unistd.h>

#include <algorithm>

#include "ctl/proto/outcome.hpp"
#include "ctl/proto/reply.hpp"
#include "daemon/control/unix_socket.hpp"

namespace supd::control {
namespace {

/// One line for a client that gets no session.
void turn_away(sys::BorrowedFd socket, proto::Outcome outcome, std::string message) {
  std::string line;
  proto::write_fault(line, {static_cast<int>(outcome), std::move(message), {}, {}});
  static_cast<void>(send_now(socket, line));
}

mode_t mode_of(const Access& access) { return access.open_to_others() ? 0666 : 0600; }

}  // namespace

Server::Server(io::Loop& loop, Port& port, Access access, const Bounds& bounds)
    : shared_{.loop = loop,
              .port = port,
              .bounds = bounds,
              .counters = {},
              .queue = RunQueue(loop, bounds.sessions_per_turn),
              .caretaker = this},
      access_(std::move(access)),
      acceptor_(loop, shared_.bounds, shared_.counters, *this) {}

Result<void> Server::listen(const std::string& path) {
  auto claim = SocketClaim::take(path, mode_of(access_));
  if (!claim) return std::unexpected(claim.error());
  claim_ = std::move(*claim);
  acceptor_.start(claim_.socket());
  return {};
}

Result<void> Server::listen(sys::UniqueFd socket, bool ours) {
  auto claim = SocketClaim::adopt(std::move(socket), ours);
  if (!claim) return std::unexpected(claim.error());
  claim_ = std::move(*claim);
  claim_.set_mode(mode_of(access_));
  acceptor_.start(claim_.socket());
  return {};
}

void Server::set_access(Access access) {
  access_ = std::move(access);
  claim_.set_mode(mode_of(access_));
  for (const auto& session : sessions_) {
    Role role = role_of(access_, session->peer(), ::geteuid());
    session->set_role(role);
    if (role == Role::none) session->close();
  }
}

bool Server::full_for(const Peer& peer) const {
  if (sessions_.size() >= shared_.bounds.sessions) return true;
  if (peer.role == Role::admin) return false;
  auto is_guest = [](const auto& session) { return session->peer().role != Role::admin; };
  auto guests = std::ranges::count_if(sessions_, is_guest);
  return static_cast<std::size_t>(guests) >= shared_.bounds.guest_sessions;
}

void Server::on_client(sys::UniqueFd socket) noexcept {
  auto peer = identify(socket.borrow(), access_);
  if (!peer || peer->role == Role::none) {
    ++shared_.counters.refused_role;
    std::string who = peer ? peer->text() : peer.error().text();
    return turn_away(socket.borrow(), proto::Outcome::not_permitted, "not permitted: " + who);
  }
  if (full_for(*peer)) {
    ++shared_.counters.refused_full;
    return turn_away(socket.borrow(), proto::Outcome::failed, "too many clients");
  }
  ++shared_.counters.clients;
  sessions_.push_back(std::make_unique<Session>(shared_, std::move(socket), std::move(*peer)));
}

void Server::on_transition(UnitId unit, const UnitEvent& event) {
  for (const auto& session : sessions_) session->on_transition(unit, event);
}

void Server::on_log(UnitId unit, const proto::LogRecord& record) {
  for (const auto& session : sessions_) session->on_log(unit, record);
}

void Server::on_unit_added(UnitId unit) {
  for (const auto& session : sessions_) session->on_unit_added(unit);
}

void Server::on_unit_gone(const GoneUnit& gone) {
  for (const auto& session : sessions_) session->on_unit_gone(gone);
}

/// The caretaker's slice.
void Server::run() noexcept {
  while (shared_.held_total > shared_.bounds.output_total) {
    auto held = [](const auto& session) { return session->held(); };
    auto most = std::ranges::max_element(sessions_, {}, held);
    if (most == sessions_.end() || (*most)->held() == 0) break;
    (*most)->cut_off();
  }
  std::erase_if(sessions_, [](const auto& session) { return session->dead(); });
}

void Server::close() {
  acceptor_.stop(claim_.give_up());
  for (const auto& session : sessions_) session->close();
  sessions_.clear();
  shared_.queue.remove(*this);
}

}  // namespace supd::control
