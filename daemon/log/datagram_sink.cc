#include "daemon/log/datagram_sink.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "daemon/log/format/journal_format.hpp"
#include "daemon/log/format/stamp.hpp"
#include "daemon/log/scratch.hpp"
#include "daemon/sys/datagram.hpp"

namespace supd::log {
namespace {

constexpr std::size_t kept_capacity = 16 * 1024;

}  // namespace

DatagramSink::DatagramSink(io::Loop& loop, DatagramEvents& events, DatagramAddress address, DatagramFormat format,
                           std::int64_t (*clock_us)())
    : loop_(loop), events_(events), address_(std::move(address)), format_(std::move(format)), clock_us_(clock_us) {}

DatagramSink::~DatagramSink() {
  for (io::OpId timer : {again_, settled_}) {
    if (timer) loop_.release(timer);
  }
  close_socket();
}

void DatagramSink::close_socket() { loop_.release(std::exchange(room_, {}), std::move(socket_)); }

std::string_view DatagramSink::name() const {
  return format_.kind == DatagramFormat::Kind::journal ? "journal" : "syslog";
}

Lag DatagramSink::lag() const {
  if (waiting() == 0) return {};
  return {waiting(), loop_.now() - waits_since_};
}

void DatagramSink::append(std::string& out, const SharedRecord& record) const {
  Datagrams datagrams(out);
  if (format_.kind == DatagramFormat::Kind::journal) {
    append_journal_record(datagrams, record);
  } else {
    append_syslog_record(datagrams, format_.source, record);
  }
}

/// Once a record was dropped, all are until half of the queue is free again: so a note can stand where they are
/// missing, before the next record or at the end of the queue.
bool DatagramSink::put(const SharedRecord& record) {
  append(scratch_, record);
  bool dropping = unreported_.records != 0 && waiting() > bound() / 2;
  bool fits = waiting() == 0 || waiting() + scratch_.size() <= bound();
  if (dropping || !fits) {
    drop(scratch_.size());
    empty(scratch_, kept_capacity);
    return false;
  }
  if (waiting() == 0) waits_since_ = loop_.now();
  add_drop_note();
  pending_ += scratch_;
  empty(scratch_, kept_capacity);
  if (!room_ && !again_) send_pending();
  return true;
}

void DatagramSink::drop(std::size_t bytes) {
  for (Drops* drops : {&dropped_, &unreported_}) *drops += {1, bytes};
}

/// The note is not held to the bound: it is short, and there is one for many records.
void DatagramSink::add_drop_note() {
  if (unreported_.records == 0) return;
  std::string text = std::to_string(unreported_.records) + " records, " + std::to_string(unreported_.bytes) +
                     " bytes dropped here: they could not be sent";
  unreported_ = {};
  Stamper stamper;
  append(pending_, {.unit = {},
                    .stamp = stamper.text(clock_us_()),
                    .text = text,
                    .origin = Origin::supd,
                    .severity = Severity::warning});
}

void DatagramSink::send_pending() {
  for (std::size_t sent = 0;; ++sent) {
    // What was dropped came after all that waited, so this is its place.
    if (waiting() == 0) add_drop_note();
    if (waiting() == 0) break;
    if (sent == sends_per_turn) {
      hold({"send to", std::string(name()), EAGAIN, ""});
      break;
    }
    if (auto done = send_front(); !done) {
      hold(done.error());
      break;
    }
    if (told_ && !settled_) settled_ = loop_.timer_at(loop_.now() + settled_time, *this);
  }
  shrink();
}

void DatagramSink::shrink() {
  if (waiting() == 0) {
    head_ = 0;
    empty(pending_, kept_capacity);
  } else if (head_ > pending_.size() / 2) {
    pending_.erase(0, std::exchange(head_, 0));
  }
}

/// The datagram at the front of the queue; with an error it stays there.
Result<void> DatagramSink::send_front() {
  if (!socket_.valid()) {
    auto socket = sys::connect_datagram(address_);
    if (!socket) return std::unexpected(socket.error());
    socket_ = std::move(*socket);
  }
  std::string_view datagram = Datagrams::front(std::string_view(pending_).substr(head_));
  int error = sys::send_datagram(socket_.borrow(), datagram);
  if (error == EMSGSIZE) error = send_large(datagram);
  if (error == EMSGSIZE) {
    drop(datagram.size());
  } else if (error != 0) {
    // Over UDP it is an earlier one that was refused.
    if (error == ECONNREFUSED && of_network()) drop(0);
    return std::unexpected(errno_error("send to", address_.host, error));
  }
  head_ += Datagrams::head_size + datagram.size();
  return {};
}

/// The journal takes as a sealed file what is too long for a datagram; nobody else does.
int DatagramSink::send_large(std::string_view datagram) const {
  if (format_.kind != DatagramFormat::Kind::journal) return EMSGSIZE;
  auto file = sys::sealed_memory_file("supd-journal", datagram);
  return file ? sys::send_fd(socket_.borrow(), file->borrow()) : ENOBUFS;
}

/// Waits for room, for memory, or for somebody to be there.
void DatagramSink::hold(const Error& error) {
  if (error.code == EAGAIN && socket_.valid()) {
    room_ = loop_.poll(socket_.borrow(), POLLOUT, io::Lane::stream, *this);
  } else if (error.code == ENOBUFS || error.code == ENOMEM) {
    again_ = loop_.timer_at(loop_.now() + pause, *this);
  } else {
    fail(error);
  }
}

void DatagramSink::fail(const Error& error) {
  close_socket();
  if (settled_) loop_.release(std::exchange(settled_, {}));
  if (again_) loop_.release(again_);
  again_ = loop_.timer_at(loop_.now() + retry_, *this);
  retry_ = std::min(retry_ * 2, longest_retry);
  failing_ = true;
  if (!std::exchange(told_, true)) events_.on_datagrams_failed(*this, error);
}

void DatagramSink::on_poll(io::OpId, unsigned, int error) noexcept {
  room_ = {};
  if (error != ECANCELED) send_pending();
}

void DatagramSink::on_timer(io::OpId id, bool) noexcept {
  if (id == settled_) {
    settled_ = {};
    return look_settled();
  }
  again_ = {};
  failing_ = false;
  send_pending();
}

void DatagramSink::look_settled() {
  // Who is not there over UDP says so later, and only to those who ask.
  int error = of_network() && socket_.valid() ? sys::socket_error(socket_.borrow()) : 0;
  if (error != 0) {
    drop(0);
    return fail(errno_error("send to", address_.host, error));
  }
  told_ = false;
  retry_ = first_retry;
  events_.on_datagrams_resumed(*this);
}

}  // namespace supd::log
