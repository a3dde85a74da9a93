#pragma once

/// The client's side: reads what the server says. Decoders are lenient (missing members keep their
/// defaults, unknown ones are ignored) and never trust: a wrong type is an Error.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/proto/messages.hpp"
#include "units/base/error.hpp"

namespace supd::proto {

/// Longest frame that a client accepts: a status of some 100 000 units.
inline constexpr std::size_t max_reply_bytes = 64 * 1024 * 1024;

enum class MessageKind : std::uint8_t { result, error, notification };

/// One frame from the server. Owns its memory.
class Message {
 public:
  struct Document;  ///< the parsed JSON; known to the codec only

  Message(Message&&) noexcept;
  Message& operator=(Message&&) noexcept;
  ~Message();

  [[nodiscard]] MessageKind kind() const { return kind_; }
  /// The request that this belongs to; 0 when it has no integer id.
  [[nodiscard]] std::int64_t id() const { return id_; }
  [[nodiscard]] const std::string& method() const { return method_; }  ///< of a notification, else ""
  [[nodiscard]] const RpcFault& fault() const { return fault_; }       ///< of an error

  /// Decoders, each for the method (or notification) it is named after.
  [[nodiscard]] Result<Hello> hello() const;
  [[nodiscard]] Result<std::vector<UnitStatus>> statuses() const;
  [[nodiscard]] Result<std::vector<UnitResult>> results() const;  ///< start, stop, restart, reset, signal, wait
  [[nodiscard]] Result<std::vector<WhyStep>> chain() const;
  [[nodiscard]] Result<std::vector<ShownValue>> shown() const;
  [[nodiscard]] Result<std::string> shown_toml() const;  ///< show with `toml`; "": this supd can't
  [[nodiscard]] Result<ChangeReport> change() const;     ///< config.*
  [[nodiscard]] Result<std::vector<Finding>> findings() const;
  [[nodiscard]] Result<UnitProgress> progress() const;
  [[nodiscard]] Result<std::vector<LogRecord>> records() const;
  [[nodiscard]] Result<std::vector<LogSource>> log_sources() const;
  [[nodiscard]] Result<std::vector<UnitEvent>> events() const;

 private:
  friend Result<Message> parse_message(std::string frame);
  explicit Message(std::unique_ptr<Document> document);
  Result<void> read_envelope();

  std::unique_ptr<Document> document_;
  MessageKind kind_ = MessageKind::result;
  std::int64_t id_ = 0;
  std::string method_;
  RpcFault fault_;
};

/// Reads one frame (without its newline; taken by value because it is parsed in place).
[[nodiscard]] Result<Message> parse_message(std::string frame);

}  // namespace supd::proto
