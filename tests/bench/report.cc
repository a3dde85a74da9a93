#include "tests/bench/report.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <utility>

#include "ctl/proto/values.hpp"
#include "tests/integration/scratch.hpp"

namespace supd::bench {
namespace {

std::string number(double value) {
  if (std::isnan(value)) return "-";
  std::array<char, 64> text{};
  int digits = std::abs(value) >= 1000 ? 0 : std::abs(value) >= 10 ? 1 : 3;
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

std::string json_number(double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return std::isnan(value) || std::isinf(value) ? "null" : text.data();
}

double ratio(const Figure& figure) { return figure.floor == 0 ? NAN : figure.value / figure.floor; }

std::string cpu_model() {
  std::string text = integration::slurp("/proc/cpuinfo");
  std::size_t at = text.find("model name");
  if (at == std::string::npos || (at = text.find(": ", at)) == std::string::npos) return "unknown cpu";
  return text.substr(at + 2, text.find('\n', at) - at - 2);
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  auto at = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::min(std::max<std::size_t>(at, 1), values.size()) - 1];
}

void Report::add(Figure figure) {
  if (figures_.empty()) std::printf("%-58s %-6s %11s %-9s %10s %7s\n", "", "engine", "", "", "floor", "ratio");
  if (std::exchange(part_, figure.part) != figure.part) std::printf("%s\n", figure.part.c_str());
  std::printf("  %-56s %-6s %11s %-9s %10s %7s\n", figure.what.c_str(), figure.engine.c_str(),
              number(figure.value).c_str(), figure.unit.c_str(), number(figure.floor).c_str(),
              number(ratio(figure)).c_str());
  std::fflush(stdout);
  figures_.push_back(std::move(figure));
}

std::string Report::json() const {
  std::string out = "{\"machine\":";
  proto::append_json_string(out, machine());
  out += ",\"figures\":[";
  for (const auto& figure : figures_) {
    out += &figure == figures_.data() ? "\n" : ",\n";
    const std::array<std::pair<const char*, const std::string*>, 4> texts{
        {{"part", &figure.part}, {"what", &figure.what}, {"engine", &figure.engine}, {"unit", &figure.unit}}};
    out += "{";
    for (auto [name, text] : texts) {
      proto::append_json_string(out, name);
      out += ":";
      proto::append_json_string(out, *text);
      out += ",";
    }
    out += "\"value\":" + json_number(figure.value) + ",\"floor\":" + json_number(figure.floor) +
           ",\"ratio\":" + json_number(ratio(figure)) + "}";
  }
  return out + "\n]}\n";
}

std::string machine() {
  utsname system{};
  ::uname(&system);
  std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "%Y-%m-%d %H:%M UTC", &utc);
  return cpu_model() + ", " + std::to_string(::sysconf(_SC_NPROCESSORS_ONLN)) + " cores, " + system.sysname + " " +
         system.release + ", " + date.data();
}

}  // namespace supd::bench
