#pragma once

/// A request that can't be answered at once: it lives in its session, takes steps when there is something
/// to do and room to say it, and leaves when it has answered.

#include <cstddef>
#include <cstdint>
#include <string>

#include "ctl/proto/messages.hpp"
#include "daemon/control/port.hpp"
#include "units/base/ids.hpp"

namespace supd::control {

/// The session, as its operations see it.
class OperationHost {
 public:
  /// Some operation has become runnable.
  virtual void operation_woke() = 0;

 protected:
  ~OperationHost() = default;
};

class Operation {
 public:
  enum class Step : std::uint8_t {
    done,     ///< the answer is written
    more,     ///< call again soon
    waiting,  ///< call again after wake()
  };

  explicit Operation(OperationHost& host) : host_(host) {}
  virtual ~Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  /// Appends whole frames to `out`, and does a bounded amount of work.
  virtual Step step(std::string& out) = 0;

  /// What happened in the daemon. These only take note; step() does the rest.
  virtual void on_transition(UnitId, const UnitEvent&) {}
  virtual void on_log(UnitId, const proto::LogRecord&) {}
  virtual void on_unit_added(UnitId) {}
  /// Its id means nothing after this call; what the port keeps for it is still there.
  virtual void on_unit_gone(const GoneUnit&) {}

  /// Bytes that wait here to be written, against the session's bounds.
  [[nodiscard]] virtual std::size_t held_bytes() const { return 0; }

  [[nodiscard]] bool runnable() const { return runnable_; }
  /// Calls step(), keeping account of whether there is more to do.
  Step take_step(std::string& out) {
    runnable_ = false;
    Step result = step(out);
    if (result == Step::more) runnable_ = true;
    return result;
  }

 protected:
  void wake() {
    if (runnable_) return;
    runnable_ = true;
    host_.operation_woke();
  }

 private:
  OperationHost& host_;
  bool runnable_ = true;
};

}  // namespace supd::control
