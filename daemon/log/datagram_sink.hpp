#pragma once

/// What all units log to with datagrams: the journal, or syslog. Records go out at once; while the receiver has no
/// room they wait in one bounded queue, and while it is missing or refuses them it is tried again, ever more
/// slowly. What the queue has no room for is dropped by whole records, counted, and said in place when it goes
/// on. Never waits for anybody. UDP may lose datagrams that were sent; only those that come back are counted.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/io/loop.hpp"
#include "daemon/log/file_sink.hpp"
#include "daemon/log/format/shared_record.hpp"
#include "daemon/log/format/syslog_format.hpp"
#include "daemon/sys/fd.hpp"
#include "units/base/datagram_address.hpp"
#include "units/base/error.hpp"

namespace supd::log {

class DatagramSink;

struct DatagramEvents {
  /// Told once, until it works again; which is said only once it has for a second. May log to the sink.
  virtual void on_datagrams_failed(const DatagramSink& sink, const Error& error) = 0;
  virtual void on_datagrams_resumed(const DatagramSink& sink) = 0;

 protected:
  ~DatagramEvents() = default;
};

/// How records become datagrams.
struct DatagramFormat {
  enum class Kind : std::uint8_t { journal, syslog };
  Kind kind = Kind::journal;
  SyslogSource source{};  ///< of syslog
};

class DatagramSink final : public RecordSink, io::PollSink, io::TimerSink {
 public:
  static constexpr std::size_t max_pending = 1024 * 1024;       ///< bytes that wait for a slow receiver
  static constexpr std::size_t max_pending_failed = 64 * 1024;  ///< bytes that wait for one that is missing
  static constexpr std::size_t sends_per_turn = 256;
  static constexpr Duration first_retry = 250ms;  ///< after a failure; twice as long after each further one
  static constexpr Duration longest_retry = 30s;
  static constexpr Duration pause = 20ms;       ///< while the kernel has no memory for datagrams
  static constexpr Duration settled_time = 1s;  ///< works for so long: it works again

  /// Nothing is opened before the first record. `clock_us` stamps the sink's own notes.
  DatagramSink(io::Loop& loop, DatagramEvents& events, DatagramAddress address, DatagramFormat format,
               std::int64_t (*clock_us)());
  /// What still waits is lost.
  ~DatagramSink();
  DatagramSink(const DatagramSink&) = delete;
  DatagramSink& operator=(const DatagramSink&) = delete;

  bool put(const SharedRecord& record) override;

  [[nodiscard]] std::string_view name() const;  ///< "journal" or "syslog"
  [[nodiscard]] const DatagramAddress& address() const { return address_; }
  /// Nothing waits that could be sent.
  [[nodiscard]] bool idle() const { return failing_ || waiting() == 0; }
  /// Said to have failed, and not to work again.
  [[nodiscard]] bool failing() const { return told_; }
  [[nodiscard]] const Drops& dropped() const { return dropped_; }
  /// Since the queue was last empty.
  [[nodiscard]] Lag lag() const;

 private:
  void on_poll(io::OpId id, unsigned revents, int error) noexcept override;
  void on_timer(io::OpId id, bool canceled) noexcept override;

  [[nodiscard]] std::size_t waiting() const { return pending_.size() - head_; }
  [[nodiscard]] std::size_t bound() const { return failing_ ? max_pending_failed : max_pending; }
  [[nodiscard]] bool of_network() const { return address_.family != DatagramAddress::Family::unix_path; }
  void append(std::string& out, const SharedRecord& record) const;
  void drop(std::size_t bytes);
  void add_drop_note();
  void send_pending();
  [[nodiscard]] Result<void> send_front();
  [[nodiscard]] int send_large(std::string_view datagram) const;
  void shrink();
  void hold(const Error& error);
  void fail(const Error& error);
  void look_settled();
  void close_socket();

  io::Loop& loop_;
  DatagramEvents& events_;
  DatagramAddress address_;
  DatagramFormat format_;
  std::int64_t (*clock_us_)();
  sys::UniqueFd socket_;
  std::string pending_;   ///< Datagrams, from head_ on
  std::size_t head_ = 0;  ///< bytes of pending_ that were sent
  std::string scratch_;   ///< one record
  io::OpId room_{};       ///< poll: the receiver has room
  io::OpId again_{};      ///< timer: to try again
  io::OpId settled_{};    ///< timer: to see whether it still works
  Instant waits_since_{};
  Duration retry_{first_retry};
  Drops dropped_{}, unreported_{};
  bool failing_ = false;  ///< not tried before again_
  bool told_ = false;     ///< that it fails
};

}  // namespace supd::log
