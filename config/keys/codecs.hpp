#pragma once

/// How the values of unit files are read and written back: one small type per kind of value, each
/// with its words for documentation, an example, `read` and `show`. `read(show(x))` is x.

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/keys/field.hpp"
#include "units/base/quantity.hpp"
#include "units/spec.hpp"

namespace supd::config {

/// A TOML list of strings.
[[nodiscard]] std::string show_list(const std::vector<std::string>& texts);
/// A TOML number that is never taken for an integer: "2.0".
[[nodiscard]] std::string show_real(double number);

struct Flag {
  static constexpr std::string_view type = "true or false", example = "true";
  static Shape shape() { return flag_shape(); }
  static std::optional<bool> read(const Field& field) { return read_boolean(field); }
  static std::string show(bool value) { return value ? "true" : "false"; }
};

/// One line for people: no control characters.
struct Line {
  static constexpr std::string_view type = "text", example = "\"what it is\"";
  static Shape shape();
  static std::optional<std::string> read(const Field& field);
  static std::string show(const std::string& value) { return toml_string(value); }
};

/// An absolute path, or "" for the default.
struct AbsolutePath {
  static constexpr std::string_view type = "absolute path", example = "\"/srv/web\"";
  static Shape shape();
  static std::optional<std::string> read(const Field& field);
  static std::string show(const std::string& value) { return toml_string(value); }
};

/// An absolute path that fits into the address of a socket.
struct SocketPath {
  static constexpr std::string_view type = "absolute path", example = "\"/run/systemd/journal/socket\"";
  static Shape shape();
  static std::optional<std::string> read(const Field& field);
  static std::string show(const std::string& value) { return toml_string(value); }
};

/// Where datagrams for syslog go: a socket in the file system, or an address and a port in numbers.
struct SyslogAddress {
  static constexpr std::string_view type = "address", example = "\"udp:127.0.0.1:514\"";
  static Shape shape();
  static std::optional<std::string> read(const Field& field);
  static std::string show(const std::string& value) { return toml_string(value); }
};

/// An absolute path once its ${VARIABLES} are expanded: one may stand in front.
struct ExpandedPath : AbsolutePath {
  static constexpr std::string_view type = "absolute path, may have ${VARIABLES}";
  static Shape shape();
  static std::optional<std::string> read(const Field& field);
};

template <bool zero_allowed>
struct Span {
  static constexpr std::string_view type = "duration", example = "\"5s\"";
  static Shape shape() { return duration_shape(zero_allowed); }
  static std::optional<Duration> read(const Field& field) {
    auto length = read_duration(field);
    if (!length || zero_allowed || *length > Duration{0}) return length;
    field.error("the duration must be longer than zero", field.example_hint());
    return std::nullopt;
  }
  static std::string show(Duration value) { return toml_string(duration_text(value)); }
};

template <std::uint32_t low, std::uint32_t high>
struct Count {
  static constexpr std::string_view type = "integer", example = "10";
  static Shape shape() { return integer_shape(low, high); }
  static std::optional<std::uint32_t> read(const Field& field) {
    auto value = read_integer(field, low, high);
    return value ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
  }
  static std::string show(std::uint32_t value) { return std::to_string(value); }
};

template <int low, int high>
struct Real {
  static constexpr std::string_view type = "number", example = high == 1 ? "0.1" : "2.0";
  static Shape shape() { return real_shape(low, high); }
  static std::optional<double> read(const Field& field) { return read_real(field, low, high); }
  static std::string show(double value) { return show_real(value); }
};

template <std::uint64_t low, std::uint64_t high>
struct Bytes {
  static constexpr std::string_view type = "size", example = "\"64KiB\"";
  static Shape shape() { return size_shape(low, high); }
  static std::optional<std::uint64_t> read(const Field& field) { return read_size(field, low, high); }
  static std::string show(std::uint64_t value) { return toml_string(size_text(value)); }
};

/// One of an enum's values by its word in units/spec.hpp.
template <auto... values>
struct OneOf {
  static constexpr std::string_view type = "word";
  static constexpr std::array all{values...};
  static Shape shape() {
    static const std::array words{word(values)...};
    return words_shape(words);
  }
  static std::optional<typename decltype(all)::value_type> read(const Field& field,
                                                                std::span<const std::string_view> unbuilt = {}) {
    static const std::array words{word(values)...};
    auto index = read_choice(field, field.value, words, unbuilt);
    return index ? std::optional(all[*index]) : std::nullopt;
  }
  static std::string show(typename decltype(all)::value_type value) { return toml_string(word(value)); }
};

struct KindWord : OneOf<Kind::service, Kind::task, Kind::target> {
  static constexpr std::string_view example = "\"service\"";
  static std::optional<Kind> read(const Field& field);
};
struct PolicyWord : OneOf<RestartPolicy::always, RestartPolicy::on_failure, RestartPolicy::never> {
  static constexpr std::string_view example = "\"on-failure\"";
};
struct ScopeWord : OneOf<StopScope::tree, StopScope::group, StopScope::main_alone> {
  static constexpr std::string_view example = "\"tree\"";
};

struct CompressWord : OneOf<Compression::none, Compression::gzip, Compression::zstd> {
  static constexpr std::string_view example = "\"zstd\"";
  /// What this supd was built with.
  static std::optional<Compression> read(const Field& field);
};

struct FormatWord : OneOf<LogFormat::text, LogFormat::json, LogFormat::raw> {
  static constexpr std::string_view example = "\"json\"";
};
struct TimeWord : OneOf<LogTime::utc, LogTime::local> {
  static constexpr std::string_view example = "\"local\"";
};
struct OnFullWord : OneOf<OnFull::drop, OnFull::block> {
  static constexpr std::string_view example = "\"drop\"";
};

/// What to execute: a list of arguments, or a string that is split as a shell splits words.
struct Command {
  static constexpr std::string_view type = "command", example = "[\"/usr/bin/program\", \"argument\"]";
  static Shape shape();
  static std::optional<std::vector<std::string>> read(const Field& field);
  /// "" for none: an empty command can't be written.
  static std::string show(const std::vector<std::string>& value) { return value.empty() ? "" : show_list(value); }
};

/// A list of exit codes and signal names.
struct Exits {
  static constexpr std::string_view type = "list of exit codes and signals", example = "[0, \"SIGTERM\"]";
  static Shape shape();
  static std::optional<ExitSet> read(const Field& field);
  static std::string show(const ExitSet& value);
};

/// Signals and waits in turn; the last one is SIGKILL.
struct StopSteps {
  static constexpr std::string_view type = "list of signals and durations",
                                    example = "[\"SIGTERM\", \"10s\", \"SIGKILL\"]";
  static Shape shape();
  static std::optional<std::vector<StopStep>> read(const Field& field);
  static std::string show(const std::vector<StopStep>& value);
};

}  // namespace supd::config
