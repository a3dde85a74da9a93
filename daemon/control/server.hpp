#pragma once

/// The control socket: clients, their sessions, and what the daemon tells them.

#include <memory>
#include <string>
#include <vector>

#include "daemon/control/acceptor.hpp"
#include "daemon/control/access.hpp"
#include "daemon/control/session.hpp"
#include "daemon/control/socket_claim.hpp"

namespace supd::control {

class Server final : AcceptSink, Runnable {
 public:
  /// `loop` and `port` must outlive the server.
  Server(io::Loop& loop, Port& port, Access access, const Bounds& bounds = {});
  ~Server() { close(); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Takes the path (see SocketClaim::take) and clients from then on. The socket's mode is 0600, or 0666
  /// when `access` names anybody else: then the roles decide.
  [[nodiscard]] Result<void> listen(const std::string& path);

  /// The same with a socket that was passed to us (see SocketClaim::adopt).
  [[nodiscard]] Result<void> listen(sys::UniqueFd socket, bool ours);
  /// Where clients are taken; "" while none are. And the socket, to be kept by somebody else.
  [[nodiscard]] const std::string& path() const { return claim_.path(); }
  [[nodiscard]] sys::BorrowedFd listener() const { return claim_.socket(); }

  /// Other people may do other things from now on, those that are connected too; who may do nothing any more is
  /// closed. Not from inside a call to the port.
  void set_access(Access access);

  /// A client that is connected already, e.g. over a socket pair.
  void adopt(sys::UniqueFd socket) { on_client(std::move(socket)); }

  /// To be called for every transition, after the port shows the new state. Cheap when nobody listens.
  void on_transition(UnitId unit, const UnitEvent& event);
  /// To be called for every line of a unit that is followed (Port::follow_log), after log_tail() has it.
  void on_log(UnitId unit, const proto::LogRecord& record);

  /// To be called for every unit that joins the configuration, when the port knows it.
  void on_unit_added(UnitId unit);
  /// To be called for every unit that was removed when nothing of it is left, before its id is used again.
  void on_unit_gone(const GoneUnit& gone);

  /// Stops listening, removes the socket file, sends each client what fits and closes. Not from inside a
  /// call to the port.
  void close();

  [[nodiscard]] const Counters& counters() const { return shared_.counters; }
  [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }
  [[nodiscard]] std::size_t held_bytes() const { return shared_.held_total; }  ///< waiting to be sent

 private:
  void on_client(sys::UniqueFd socket) noexcept override;
  void run() noexcept override;
  [[nodiscard]] bool full_for(const Peer& peer) const;

  Shared shared_;
  Access access_;
  SocketClaim claim_;
  Acceptor acceptor_;
  std::vector<std::unique_ptr<Session>> sessions_;
};

}  // namespace supd::control
