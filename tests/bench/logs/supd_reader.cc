#include <stdexcept>

#include "tests/bench/logs/readers.hpp"
#include "tests/bench/subject.hpp"

namespace supd::bench {
namespace {

std::string toml_array(const std::vector<std::string>& words) {
  std::string out = "[";
  for (const auto& word : words) out += (out.size() > 1 ? ", '" : "'") + word + "'";
  return out + "]";
}

/// What a record has more than its line: "STAMP o ".
constexpr std::size_t record_head = 30;

class SupdReader final : public LogReader {
 public:
  SupdReader(std::string engine, std::string name, std::string rest)
      : engine_(std::move(engine)), name_(std::move(name)), rest_(std::move(rest)) {}

  [[nodiscard]] std::string name() const override { return name_.empty() ? engine_ : name_; }

  Reading read(const Load& load) override {
    Subject supd(engine_);
    Gate gate(supd.scratch(), supd.births());
    for (std::size_t i = 0; i < load.writers; ++i) {
      supd.unit("w" + std::to_string(i), "kind = 'task'\ncommand = " + toml_array(gate.command(load, i)) +
                                             "\n[log]\nto = ['file']\nkeep = 0\n" + rest_);
    }
    supd.launch();
    gate.wait_for_all(load.writers);
    wait_until_quiet(supd.pid());
    Duration cpu = supd.cpu();
    std::uint64_t start = gate.open();
    gate.wait_for_ends(load.writers);
    bool raw = rest_.contains("raw");
    std::string logs = supd.scratch().file("logs");
    std::uint64_t end = wait_until_written(logs, load.total() + (raw ? 0 : load.lines() * record_head));
    Reading reading{.seconds = static_cast<double>(end - start) / 1e9};
    reading.cpu_seconds = std::chrono::duration<double>(supd.cpu() - cpu).count();
    reading.lines = raw ? lines_below(logs) : lines_below(logs, " o ", record_head - 3);
    supd.stop();
    return reading;
  }

 private:
  std::string engine_, name_, rest_;
};

}  // namespace

std::unique_ptr<LogReader> supd_reader(std::string engine, std::string name, std::string rest) {
  return std::make_unique<SupdReader>(std::move(engine), std::move(name), std::move(rest));
}

}  // namespace supd::bench
