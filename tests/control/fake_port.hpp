#pragma once

/// A daemon without processes: units are rows that the tests change by hand.

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "daemon/control/port.hpp"

namespace supd::control {

class Server;

struct FakeUnit {
  UnitStatus status;
  std::vector<proto::LogRecord> ring;
  int followers = 0;
  std::uint64_t mark = 0, written = 0;  ///< of its log file, while log_is_slow
  bool gone = false;
  bool masked = false;
};

struct Given {
  Verb verb;
  std::vector<std::string> units;
  std::string by;
  bool operator==(const Given&) const = default;
};

class FakePort final : public Port {
 public:
  /// Told of transitions and log lines, as the real server is.
  Server* server = nullptr;
  std::vector<FakeUnit> units;
  std::map<std::string, std::vector<UnitId>> targets;
  std::vector<Given> given;          ///< commands, in order
  std::vector<std::string> signals;  ///< "web 15"
  std::vector<std::string> reopened;
  bool log_is_slow = false;  ///< what is to be written waits for FakeUnit::written
  /// Changes that were asked for, by id - 1; the test speaks to their listeners.
  struct Asked {
    Change change;
    ChangeListener* listener = nullptr;
  };
  std::vector<Asked> asked;
  std::vector<ChangeId> forgotten;
  std::optional<proto::RpcFault> refuse_changes;  ///< at once
  std::vector<std::string> shutdowns;             ///< by whom
  std::vector<EndKind> ends;                      ///< what each of them asked for
  bool machine = false;
  std::vector<UnitEvent> events;
  mutable std::uint64_t statuses = 0;  ///< calls of status()

  UnitId add(const std::string& name, State state = State::inactive);
  void add_many(std::size_t count, const std::string& stem);
  /// A transition, announced to the server.
  void set(UnitId unit, State state, const std::string& cause = "because");
  /// The unit is removed, and nothing of it is left; announced to the server.
  void remove(UnitId unit, const std::string& cause = "removed from the configuration");
  /// A unit that joins while the server runs.
  UnitId join(const std::string& name, State state = State::inactive);
  /// A line of output, into the ring and to the server when followed.
  void print(UnitId unit, const std::string& text, std::int64_t time_us = 0);
  [[nodiscard]] int followers() const;

  [[nodiscard]] std::vector<UnitId> find(std::string_view pattern) const override;
  [[nodiscard]] std::string nearest_name(std::string_view name) const override;
  [[nodiscard]] std::uint32_t unit_count() const override { return static_cast<std::uint32_t>(units.size()); }
  [[nodiscard]] std::vector<UnitId> all_units() const override;
  [[nodiscard]] bool known(UnitId unit) const override { return !units[unit.value].gone; }
  [[nodiscard]] const std::string& name(UnitId unit) const override { return units[unit.value].status.name; }
  [[nodiscard]] UnitStatus status(UnitId unit) const override;
  [[nodiscard]] State state(UnitId unit) const override { return units[unit.value].status.state; }
  [[nodiscard]] std::string cause(UnitId unit) const override { return units[unit.value].status.cause; }
  std::vector<Ticket> command(Verb verb, std::span<const UnitId> targets, std::string_view by) override;
  [[nodiscard]] Progress progress(const Ticket& ticket) const override;
  std::expected<ChangeId, proto::RpcFault> change(Change change, ChangeListener& listener) override;
  void forget_change(ChangeId id) override { forgotten.push_back(id); }
  [[nodiscard]] std::string start_refusal(UnitId unit) const override;
  [[nodiscard]] std::string advice_for(std::string_view unknown) const override;
  Result<void> signal(UnitId unit, int signal) override;
  void reopen_log(UnitId unit) override { reopened.push_back(name(unit)); }
  [[nodiscard]] std::vector<proto::WhyStep> why(UnitId unit) const override;
  [[nodiscard]] std::vector<proto::ShownValue> show(UnitId unit, bool reveal) const override;
  [[nodiscard]] std::vector<proto::ShownValue> show_environment(UnitId unit, bool reveal) const override;
  [[nodiscard]] std::string show_toml(UnitId unit, bool reveal) const override;
  [[nodiscard]] std::vector<proto::Finding> doctor() const override;
  [[nodiscard]] proto::Hello hello() const override;
  [[nodiscard]] bool ends_machine() const override { return machine; }
  void shutdown(std::string_view by, EndKind how) override {
    shutdowns.emplace_back(by);
    ends.push_back(how);
  }
  [[nodiscard]] std::vector<proto::LogRecord> log_tail(UnitId unit, std::size_t lines) const override;
  [[nodiscard]] proto::LogSource log_source(UnitId unit) const override {
    return {.unit = name(unit), .path = "/logs/" + name(unit) + "/current", .format = "text", .file = true, .run = 1};
  }
  std::uint64_t write_log_out(UnitId unit) override { return ++units[unit.value].mark; }
  [[nodiscard]] bool log_has_written(UnitId unit, std::uint64_t mark) const override {
    return !log_is_slow || units[unit.value].written >= mark;
  }
  void follow_log(UnitId unit) override { ++units[unit.value].followers; }
  void unfollow_log(UnitId unit) override { --units[unit.value].followers; }
  [[nodiscard]] std::vector<UnitEvent> recent_events(std::size_t count) const override;
};

}  // namespace supd::control
