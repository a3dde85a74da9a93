#pragma once

/// Buffered writing to an fd that somebody else owns (stdout, stderr). A reader that went away is not
/// an error: what follows is dropped quietly. Any other failure is kept for the end.

#include <string>
#include <string_view>

namespace supd::ctl {

class Output {
 public:
  static constexpr std::size_t flush_bytes = 64UL * 1024;  ///< more than this never waits in the buffer

  explicit Output(int fd) : fd_(fd) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { flush(); }

  void write(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= flush_bytes) flush();
  }
  /// For formatting in place; call flush_if_full() after each piece.
  [[nodiscard]] std::string& buffer() { return buffer_; }
  void flush_if_full() {
    if (buffer_.size() >= flush_bytes) flush();
  }
  void flush();

  [[nodiscard]] int fd() const { return fd_; }
  /// Nobody reads what is written (EPIPE), or it can't be written: streams end then.
  [[nodiscard]] bool closed() const { return error_ != 0; }
  /// errno of the first failed write; 0: all was written. EPIPE counts as written.
  [[nodiscard]] int error() const;

 private:
  int fd_;
  int error_ = 0;
  std::string buffer_;
};

}  // namespace supd::ctl
