#include "config/show/key_page.hpp"

#include "config/keys/keys.hpp"

namespace supd::config {
namespace {

template <class Target>
void append(std::vector<KeyPage>& pages, std::span<const Key<Target>> keys, bool of_unit) {
  for (const Key<Target>& key : keys) {
    KeyPage page{&key.info, of_unit, key.built(), {}, {}};
    if (key.built()) page.standard = key.show(Target{});
    if (key.info.shape != nullptr) page.bounds = key.info.shape().bounds;
    pages.push_back(std::move(page));
  }
}

}  // namespace

std::string_view KeyPage::section() const {
  std::size_t dot = info->path.find('.');
  return dot == std::string_view::npos ? std::string_view() : info->path.substr(0, dot);
}

std::vector<KeyPage> key_pages() {
  std::vector<KeyPage> pages;
  append(pages, unit_keys(), true);
  append(pages, daemon_keys(), false);
  return pages;
}

std::string_view effect_text(const KeyPage& page) {
  if (page.info->effect == Effect::live) return "taken over while it runs";
  return page.of_unit ? "needs a new process of the unit" : "needs a new supd";
}

std::string example_text(const KeyPage& page) {
  if (page.info->example.empty()) return {};
  std::string line = std::string(page.info->leaf()) + " = " + std::string(page.info->example) + "\n";
  return page.section().empty() ? line : "[" + std::string(page.section()) + "]\n" + line;
}

}  // namespace supd::config
