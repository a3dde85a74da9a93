#include "daemon/single/options.hpp"

#include <getopt.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "daemon/single/option_table.hpp"
#include "daemon/single/values.hpp"

namespace supd::single {
namespace {

constexpr int first_long = 256;  // what getopt_long says for table row 0; above any letter
constexpr std::size_t max_options = 16;

/// The words up to the first `--`, one option after the other.
class Scanner {
 public:
  Scanner(int end, char** argv) : end_(end), argv_(argv) {
    if (option_table().size() > max_options) std::abort();
    std::size_t count = 0;
    for (const OptionRow& row : option_table()) {
      int has_value = row.argument == nullptr ? no_argument : required_argument;
      longs_[count] = {row.name, has_value, nullptr, first_long + static_cast<int>(count)};
      if (row.letter != '\0') letters_ += row.letter;
      ++count;
    }
    ::optind = 0;  // from the beginning, also of another command line
    ::opterr = 0;
  }

  enum class Met { option, unknown, no_value, unwanted_value, end };
  Met next() {
    row_ = nullptr;
    int got = ::getopt_long(end_, argv_, letters_.c_str(), longs_.data(), nullptr);
    if (got == -1) return ::optind < end_ ? Met::unknown : Met::end;
    row_ = row_of(got == '?' || got == ':' ? ::optopt : got);
    if (row_ == nullptr) return Met::unknown;
    return got == '?' ? Met::unwanted_value : got == ':' ? Met::no_value : Met::option;
  }
  [[nodiscard]] const OptionRow& row() const { return *row_; }
  [[nodiscard]] static const char* value() { return ::optarg; }

 private:
  static const OptionRow* row_of(int number) {
    auto table = option_table();
    if (number >= first_long) return &table[static_cast<std::size_t>(number - first_long)];
    auto found = std::ranges::find_if(table, [&](const OptionRow& row) { return number != 0 && row.letter == number; });
    return found == table.end() ? nullptr : &*found;
  }

  int end_;
  char** argv_;
  const OptionRow* row_ = nullptr;
  /// '+': stop at the first word that is no option; ':': a missing value is told apart.
  std::string letters_ = "+:";
  std::array<option, max_options + 1> longs_{};
};

int separator(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--") == 0) return i;
  }
  return -1;
}

std::string read(Options& options, Key key, std::string_view value) {
  switch (key) {
    case Key::single_child: return read_flag(options.single_child, value);
    case Key::rewrite: return read_rewrite(options, value);
    case Key::remap_exit: return read_remap(options, value);
    case Key::pdeathsig: return read_pdeathsig(options, value);
    case Key::grace: return read_grace(options, value);
    case Key::pause: return read_flag(options.pause, value);
    case Key::verbose: return read_verbose(options, value);
  }
  return {};
}

/// Of an option that takes no value.
void turn_on(Options& options, Key key) {
  if (key == Key::single_child) options.single_child = true;
  if (key == Key::pause) options.pause = true;
  if (key == Key::verbose) options.verbose = std::min(options.verbose + 1, max_verbose);
}

using Given = std::array<bool, max_options>;

std::string read_words(Options& options, Given& given, int end, char** argv) {
  Scanner scanner(end, argv);
  while (true) {
    auto met = scanner.next();
    if (met == Scanner::Met::end) return {};
    if (met == Scanner::Met::unknown) return std::string("this is no option of it: ") + what_to_type;
    const OptionRow& row = scanner.row();
    std::string name = std::string("--") + row.name;
    if (met == Scanner::Met::no_value) return name + " needs a value: " + name + " " + row.argument;
    if (met == Scanner::Met::unwanted_value) return name + " takes no value";
    given[static_cast<std::size_t>(&row - option_table().data())] = true;
    if (row.argument == nullptr) {
      turn_on(options, row.key);
    } else if (std::string wrong = read(options, row.key, Scanner::value()); !wrong.empty()) {
      return name + ": " + wrong;
    }
  }
}

std::string read_environment(Options& options, const Given& given) {
  for (std::size_t i = 0; i < option_table().size(); ++i) {
    const OptionRow& row = option_table()[i];
    std::string name = environment_name(row);
    const char* value = ::getenv(name.c_str());
    if (given[i] || value == nullptr || *value == '\0') continue;
    if (std::string wrong = read(options, row.key, value); !wrong.empty()) {
      return "in the environment, " + name + ": " + wrong;
    }
  }
  return {};
}

}  // namespace

bool requested(int argc, char** argv) {
  int end = separator(argc, argv);
  Scanner scanner(end < 0 ? argc : end, argv);
  bool paused = false;
  auto met = scanner.next();
  for (; met != Scanner::Met::end && met != Scanner::Met::unknown; met = scanner.next()) {
    paused = paused || scanner.row().key == Key::pause;
  }
  return met == Scanner::Met::end && (end >= 0 || paused);
}

std::expected<Options, std::string> parse(int argc, char** argv) {
  Options options;
  Given given{};
  int end = separator(argc, argv);
  if (end < 0) end = argc;
  std::string wrong = read_words(options, given, end, argv);
  if (wrong.empty()) wrong = read_environment(options, given);
  bool has_command = end + 1 < argc;
  if (wrong.empty() && options.pause && has_command) wrong = "--pause runs no command; leave out one of the two";
  if (wrong.empty() && !options.pause && !has_command)
    wrong = std::string("nothing stands behind --; type ") + what_to_type;
  if (!wrong.empty()) return std::unexpected(std::move(wrong));
  if (has_command) options.command = argv + end + 1;
  return options;
}

}  // namespace supd::single
