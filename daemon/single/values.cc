#include "daemon/single/values.hpp"

#include <charconv>
#include <csignal>
#include <optional>
#include <vector>

#include "units/base/nearest.hpp"
#include "units/base/quantity.hpp"
#include "units/base/signal_names.hpp"
#include "units/base/visible.hpp"

namespace supd::single {
namespace {

std::string quoted(std::string_view text) { return "'" + visible(text) + "'"; }

std::string no_signal(std::string_view text) {
  std::string full = text.starts_with("SIG") ? std::string(text) : "SIG" + std::string(text);
  std::string near = nearest(full, signal_names());
  return "there is no signal " + quoted(text) + (near.empty() ? "" : "; did you mean " + near + "?");
}

std::optional<int> number_in(std::string_view text, int least, int most) {
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) return std::nullopt;
  return value;
}

struct Pair {
  std::string_view from, to;
};

std::optional<Pair> pair_of(std::string_view text) {
  std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size()) return std::nullopt;
  return Pair{text.substr(0, colon), text.substr(colon + 1)};
}

std::string add_rewrite(Options& options, std::string_view text) {
  auto pair = pair_of(text);
  if (!pair) return quoted(text) + " is not FROM:TO; type for instance 15:3, TERM:QUIT or HUP:0";
  auto from = signal_number(pair->from);
  if (!from) return no_signal(pair->from);
  auto to = pair->to == "0" ? std::optional(0) : signal_number(pair->to);
  if (!to) return no_signal(pair->to);
  if (*from == SIGKILL || *from == SIGSTOP) return signal_name(*from) + " never comes to supd: it can't be rewritten";
  if (*from == SIGCHLD) return "SIGCHLD is never passed on: it can't be rewritten";
  if (options.rewrite.given(*from)) return signal_name(*from) + " is rewritten twice";
  options.rewrite.set(*from, *to);
  return {};
}

std::string add_remap(Options& options, std::string_view text) {
  auto pair = pair_of(text);
  if (!pair) return quoted(text) + " is not FROM:TO; type for instance 143:0";
  auto from = number_in(pair->from, 0, 255), to = number_in(pair->to, 0, 255);
  if (!from || !to) return quoted(from ? pair->to : pair->from) + " is no exit code: those are 0 to 255";
  if (options.remap.given(*from)) return "exit code " + std::string(pair->from) + " is remapped twice";
  options.remap.set(*from, *to);
  return {};
}

std::string each(Options& options, std::string_view list, std::string (*add)(Options&, std::string_view)) {
  while (true) {
    std::size_t comma = list.find(',');
    std::string wrong = add(options, list.substr(0, comma));
    if (!wrong.empty() || comma == std::string_view::npos) return wrong;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

std::string read_rewrite(Options& options, std::string_view text) { return each(options, text, add_rewrite); }
std::string read_remap(Options& options, std::string_view text) { return each(options, text, add_remap); }

std::string read_pdeathsig(Options& options, std::string_view text) {
  auto number = signal_number(text);
  if (!number) return no_signal(text);
  options.pdeathsig = *number;
  return {};
}

std::string read_grace(Options& options, std::string_view text) {
  auto length = parse_duration(text);
  if (!length) return quoted(text) + " is no time; type for instance 10s, 500ms or 1m30s";
  options.grace = *length;
  return {};
}

std::string read_verbose(Options& options, std::string_view text) {
  auto level = number_in(text, 0, max_verbose);
  if (!level) return quoted(text) + " is not 0, 1 or 2";
  options.verbose = *level;
  return {};
}

std::string read_flag(bool& flag, std::string_view text) {
  auto value = number_in(text, 0, 1);
  if (!value) return quoted(text) + " is neither 0 nor 1";
  flag = *value == 1;
  return {};
}

}  // namespace supd::single
